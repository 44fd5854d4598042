"""The receipt with DSFinV-K's terms: model, codec, the register's arithmetic and the gateway's checks.

The register computes (`basket`), the gateway checks (`check`) and never repairs.
"""
