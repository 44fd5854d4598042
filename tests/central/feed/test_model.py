"""The model keeps the contract that the store will be held to."""

from __future__ import annotations

import pytest

from tests.central.feed.contract import FeedContract, World
from tests.central.feed.model import ModelFeeds


class TestModelFeeds(FeedContract):
    @pytest.fixture
    def world(self) -> World:
        return ModelFeeds()
