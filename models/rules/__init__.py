"""What is right: pure functions over frozen dataclasses. No clock, no database; each rule cites its paragraph."""
