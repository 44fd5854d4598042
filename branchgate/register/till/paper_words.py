"""Paper at the terminal: receipts again, answers to uncertain prints, and what does not come out."""

from __future__ import annotations

from branchgate.register.client import RegisterClient
from branchgate.register.till.paper import Prints
from branchgate.register.till.ringing_up import Doing
from branchgate.register.till.screen import Screen
from branchgate.register.till.till import Till
from branchgate.register.till.typed import Typed
from branchgate.v1 import printing_pb2


class PaperWords:
    """What a cashier does and hears about paper."""

    def __init__(self, register: RegisterClient, till: Till, screen: Screen) -> None:
        self._register = register
        self._till = till
        self._screen = screen
        self.prints = Prints(
            register,
            asked=lambda job: screen.interrupt(self._question(job), style="bold yellow"),
            stuck=lambda job: screen.interrupt(self._advice(job), style="yellow"),
            came_out=lambda job: screen.interrupt(self._came_out(job)),
        )

    def words(self) -> dict[str, Doing]:
        """What each of its words does."""
        return {"print": self._print, "yes": self._resolve, "no": self._resolve}

    async def tell_of_stuck(self) -> None:
        """Every print that waits for its printer or a person; without the gateway as they were last told."""
        connected = self._register.state.connected
        for job in await self._register.gateway.stuck_print_jobs() if connected else self.prints.stuck:
            self._screen.tell(self._advice(job), style="yellow")

    async def _print(self, typed: Typed) -> None:
        event_id = (await self._till.receipt(typed.rest)).event_id
        job = await self._register.gateway.print_receipt(event_id, self._till.user_id)
        self._screen.say("copying" if job.copy_number else "printing", title=job.title)

    async def _resolve(self, typed: Typed) -> None:
        doubtful = self.prints.oldest_in_doubt
        if doubtful is None:
            self._screen.say("no_question")
            return
        complete = typed.do == "yes"
        resolved = await self._register.gateway.resolve_print_job(
            doubtful.job_id, complete_on_paper=complete, user_id=self._till.user_id
        )
        self.prints.noted(resolved.job)
        self._screen.say("resolved" if complete else "copied", title=doubtful.title)
        following = self.prints.oldest_in_doubt
        if following is not None:
            self._screen.tell(self._question(following), style="bold yellow")

    def _question(self, job: printing_pb2.PrintJob) -> str:
        return self._screen.word("question", title=job.title)

    def _advice(self, job: printing_pb2.PrintJob) -> str:
        advice = job.advice_de if self._screen.language == "de" else job.advice_en
        return advice or self._screen.word("stuck", title=job.title, reason=job.reason)

    def _came_out(self, job: printing_pb2.PrintJob) -> str:
        unproven = job.state == printing_pb2.PRINT_JOB_STATE_SENT_UNVERIFIED
        return self._advice(job) if unproven or job.intended_printer else self._screen.word("came_out", title=job.title)
