from __future__ import annotations

import asyncio
import json
import shutil
import socket
from pathlib import Path

import pytest
import serial

from drivers.virtual.events import DrawerMoved, PrinterEvent
from drivers.virtual.faults import Faults
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.server import Places, VirtualPrinterServer, WhenBusy
from drivers.virtual.settings import Flow, PrinterSettings
from tests.drivers.virtual.jobs import fence, fence_reply, receipt

TCP = ("127.0.0.1", 0)
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def dial(server: VirtualPrinterServer) -> Streams:
    assert server.tcp_address is not None
    return await asyncio.open_connection(*server.tcp_address)


def open_port(path: Path, *, xonxoff: bool = False) -> serial.Serial:
    return serial.Serial(str(path), 38400, timeout=10, write_timeout=10, xonxoff=xonxoff, exclusive=True)


async def test_a_receipt_over_tcp_is_printed_and_confirmed() -> None:
    async with VirtualPrinterServer() as server:
        reader, writer = await dial(server)
        writer.write(receipt(4711) + fence(b"AB01"))
        assert await reader.readexactly(7) == fence_reply(b"AB01")
        assert server.printer.slips[0].receipt_number == "4711"
        writer.close()
        await server.until(lambda: server.dirt == ())


async def test_a_receipt_over_the_serial_device_is_printed_and_confirmed(tmp_path: Path) -> None:
    async with VirtualPrinterServer(places=Places(pty=tmp_path / "printer")) as server:
        assert server.pty_path is not None
        port = await asyncio.to_thread(open_port, server.pty_path)
        with port:
            await asyncio.to_thread(port.write, receipt(4711) + fence(b"AB01"))
            assert await asyncio.to_thread(port.read, 7) == fence_reply(b"AB01")
    assert not (tmp_path / "printer").exists()


async def test_a_large_job_waits_at_the_host_while_the_cover_is_open() -> None:
    async with VirtualPrinterServer(VirtualPrinter(faults=Faults(cover_open=True))) as server:
        reader, writer = await dial(server)
        writer.write(b"x" * 200_000 + b"\n" + fence(b"AB01"))
        await server.until(lambda: server.state().buffered_bytes > 3900)
        assert server.state().buffered_bytes <= 4096
        server.switch("cover_open", False)
        assert await reader.readexactly(7) == fence_reply(b"AB01")
        writer.close()


async def test_a_serial_host_is_stopped_by_xoff_and_loses_nothing(tmp_path: Path) -> None:
    settings = PrinterSettings(flow=Flow.XON_XOFF)
    printer = VirtualPrinter(settings, Faults(paper_out=True))
    async with VirtualPrinterServer(printer, Places(pty=tmp_path / "printer")) as server:
        port = await asyncio.to_thread(open_port, tmp_path / "printer", xonxoff=True)
        with port:
            piece = b"x" * 100
            for sent in range(1, 41):
                await asyncio.to_thread(port.write, piece)
                if sent < 40:
                    await server.until(lambda sent=sent: server.state().buffered_bytes == sent * 100)  # type: ignore[misc]
            writing = asyncio.create_task(asyncio.to_thread(port.write, piece * 20 + b"\n" + fence(b"AB01")))
            server.switch("paper_out", False)
            await writing
            assert await asyncio.to_thread(port.read, 7) == fence_reply(b"AB01")
        assert server.dirt == ()


async def test_the_device_comes_back_under_the_same_path_after_the_cable_was_pulled(tmp_path: Path) -> None:
    path = tmp_path / "printer"
    async with VirtualPrinterServer(places=Places(pty=path)) as server:
        port = await asyncio.to_thread(open_port, path)
        server.power_cycle()
        with pytest.raises(serial.SerialException):
            await asyncio.to_thread(port.read, 1)
        port.close()
        port = await asyncio.to_thread(open_port, path)
        with port:
            await asyncio.to_thread(port.write, b"\x10\x04\x04")
            assert await asyncio.to_thread(port.read, 1) == b"\x12"


async def test_a_second_host_is_refused_while_the_first_is_connected() -> None:
    async with VirtualPrinterServer() as server:
        _, first = await dial(server)
        await server.until(lambda: bool(server.dirt))
        reader, second = await dial(server)
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
        first.close()
        second.close()


async def test_a_second_host_can_be_made_to_wait() -> None:
    async with VirtualPrinterServer(when_busy=WhenBusy.WAIT) as server:
        _, first = await dial(server)
        reader, second = await dial(server)
        second.write(b"\x10\x04\x04")
        first.close()
        assert await reader.readexactly(1) == b"\x12"
        second.close()


async def test_connections_are_refused_and_accepted_again_on_the_same_port() -> None:
    async with VirtualPrinterServer() as server:
        server.switch("refuse_connections")
        with pytest.raises(ConnectionRefusedError):
            await dial(server)
        server.switch("refuse_connections", False)
        reader, writer = await dial(server)
        writer.write(b"\x10\x04\x04")
        assert await reader.readexactly(1) == b"\x12"
        writer.close()


async def test_the_link_breaks_after_so_many_bytes_and_exactly_these_have_arrived() -> None:
    async with VirtualPrinterServer(VirtualPrinter(faults=Faults(disconnect_after_bytes=5000))) as server:
        reader, writer = await dial(server)
        writer.write(b"x" * 4999 + b"\n" + b"y" * 100_000)
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
        writer.close()
        server.power_cycle()
        assert sum(len(line) for line in server.printer.slips[0].text.splitlines()) == 4999


async def test_a_stalled_printer_reads_no_further_and_goes_on_when_it_is_mended() -> None:
    async with VirtualPrinterServer(VirtualPrinter(faults=Faults(stall_after_bytes=3))) as server:
        reader, writer = await dial(server)
        writer.write(b"\x10\x04\x04\x10\x04\x04")
        assert await reader.readexactly(1) == b"\x12"
        assert server.printer.faults.stall_after_bytes == 0
        server.switch("stall_after_bytes", False)
        assert await reader.readexactly(1) == b"\x12"
        writer.close()


async def test_a_paced_line_delivers_everything(tmp_path: Path) -> None:
    async with VirtualPrinterServer(places=Places(pty=tmp_path / "p"), baud=115200) as server:
        port = await asyncio.to_thread(open_port, tmp_path / "p")
        with port:
            await asyncio.to_thread(port.write, receipt(1) + fence(b"AB01"))
            assert await asyncio.to_thread(port.read, 7) == fence_reply(b"AB01")
        assert server.dirt == ()


async def test_the_drawer_is_shut_by_the_clock() -> None:
    heard: list[PrinterEvent] = []
    printer = VirtualPrinter(PrinterSettings(drawer_shuts_after_ms=1))
    async with VirtualPrinterServer(printer, on_event=heard.append) as server:
        _, writer = await dial(server)
        writer.write(b"\x10\x14\x01\x00\x01")
        await server.until(lambda: DrawerMoved(False) in heard)
        writer.close()


async def test_everything_that_comes_out_is_kept_in_the_folder(tmp_path: Path) -> None:
    paper = tmp_path / "paper"
    for number in (1, 2):
        async with VirtualPrinterServer(places=Places(tcp=TCP, paper=paper)) as server:
            reader, writer = await dial(server)
            writer.write(receipt(number, copy=number == 2) + b"\x1bp\x00\x19\xfa" + b"Rest\n" + fence(b"AB01"))
            await reader.readexactly(7)
            writer.close()
    lines = [json.loads(line) for line in (paper / "paper.jsonl").read_text("utf-8").splitlines()]
    slips = [line for line in lines if line["kind"] == "slip"]
    assert [slip["receipt_number"] for slip in slips] == ["1", None, "2", None]
    assert [slip["copy"] for slip in slips] == [False, False, True, False]
    assert [slip["complete"] for slip in slips] == [True, False, True, False]
    assert [slip["png"] for slip in slips] == [f"slip-000{number}.png" for number in (1, 2, 3, 4)]
    assert (paper / "slip-0003.txt").read_text("utf-8").startswith("KOPIE\nBon-Nr. 2")
    opened = [line for line in lines if line["kind"] == "drawer" and line["open"]]
    assert [line["connection"] for line in opened] == ["tcp-1", "tcp-1"]


async def test_a_folder_that_cannot_be_written_to_is_an_error_when_the_printer_stops(tmp_path: Path) -> None:
    server = VirtualPrinterServer(places=Places(paper=tmp_path / "paper"))
    await server.start()
    shutil.rmtree(tmp_path / "paper")
    server.power_cycle()
    with pytest.raises(FileNotFoundError):
        await server.stop()


async def test_unknown_commands_and_open_connections_leave_the_server_dirty() -> None:
    async with VirtualPrinterServer() as server:
        reader, writer = await dial(server)
        writer.write(b"\x1b\x99" + fence(b"AB01"))
        await reader.readexactly(7)
        assert server.dirt == ("unknown command 1b 99", "tcp-1 is still connected")
        writer.close()


async def test_a_port_in_use_is_an_error_that_names_it(tmp_path: Path) -> None:
    with socket.create_server(TCP) as taken:
        server = VirtualPrinterServer(places=Places(tcp=taken.getsockname(), paper=tmp_path))
        with pytest.raises(OSError, match=str(taken.getsockname()[1])):
            await server.start()
