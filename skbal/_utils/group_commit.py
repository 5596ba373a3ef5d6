"""Writes of several threads in one transaction, with one wait for the disk."""

import threading
from collections import deque


class Interrupted(RuntimeError):
    """A transaction ended because the thread that ran it was interrupted."""


class GroupCommit:
    """Runs operations of several threads together, in the order in which they came.

    A database that waits for the disk at each commit takes a few hundred transactions a
    second. Here the thread that may write takes along what other threads wait for.

    Parameters
    ----------
    transact : callable
        Called with a list of operations, it runs them in one transaction. It returns a
        list of the same length with pairs (result, error). The error is None if the
        operation succeeded; otherwise the operation has left nothing behind. If the
        transaction itself fails, it raises an error, and nothing has happened.
    largest : int, default=100
        Number of operations in one transaction, at most.

    Examples
    --------
    >>> def transact(operations):
    ...     return [(operation(), None) for operation in operations]
    >>> GroupCommit(transact).run(lambda: "done")
    'done'
    """

    def __init__(self, transact, largest=100):
        self._transact = transact
        self._largest = largest
        self._waiting = deque()
        self._turn = threading.Lock()

    def run(self, operation):
        """Run an operation, and return its result once its transaction has ended.

        Parameters
        ----------
        operation : callable
            Given to ``transact`` as it is.

        Returns
        -------
        result : object
            What the operation returned.

        Raises
        ------
        Exception
            The error of the operation, or of the transaction. `Interrupted` if another
            thread ran it and was interrupted: then nothing of it is written, or all.
        """
        request = _Request(operation)
        self._waiting.append(request)
        while not request.done:
            with self._turn:
                if not request.done:
                    self._run_some()
        if request.error is not None:
            raise request.error
        return request.result

    def _run_some(self):
        # Requests stay in the queue until they are done, so that none is lost if a
        # Ctrl-C comes here. Only the thread whose turn it is removes them.
        while self._waiting and self._waiting[0].done:
            self._waiting.popleft()
        number = min(len(self._waiting), self._largest)
        requests = [self._waiting[place] for place in range(number)]
        interrupted = Interrupted("another thread was interrupted while writing")
        outcomes = [(None, interrupted)] * len(requests)
        try:
            outcomes = self._transact([request.operation for request in requests])
        except Exception as error:
            outcomes = [(None, error)] * len(requests)
        finally:  # also if Ctrl-C ends this thread
            for request, (result, error) in zip(requests, outcomes):
                request.result, request.error, request.done = result, error, True


class _Request:
    def __init__(self, operation):
        self.operation = operation
        self.result = self.error = None
        self.done = False
