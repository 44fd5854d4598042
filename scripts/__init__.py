"""The few commands people type, and the packages behind them: the demo and the benchmark."""
