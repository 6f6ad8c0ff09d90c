"""Exit statuses: done, a trial failed, wrong use, stopped by a signal with a checkpoint."""

OK, FAILED, WRONG_USE, STOPPED = 0, 1, 2, 75
