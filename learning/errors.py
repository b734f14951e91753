"""Every exception that Myna raises on purpose.

MynaError
├── SettingsError        a setting is missing, malformed or out of range
├── DataDirectoryError   the data directory cannot be used
│   ├── DataDirectoryLockedError   another process owns it
│   └── DiskFullError              there is no room left on it
├── StorageError         the database cannot be read, or is from a newer Myna
├── ModelError           the base model or the embedder is missing or corrupt
├── AdapterError         an adapter is missing, foreign or does not match its hashes
├── EngineError          the model could not answer
│   ├── PromptTooLongError         the question does not fit the model's context
│   └── EngineCancelledError       the answer was stopped on request
├── FetchError           a page cannot be fetched, or may not be
├── SearchError          the search engine gave no results
├── ToolError            a tool cannot be called, or did not answer
├── RunError             a training run could not finish
│   ├── RunKilledError             the trainer died without a result
│   └── RunBusyError               this server is already learning
├── NotFoundError        there is no such lesson, run or adapter
├── ConflictError        somebody else decided first
├── CommandError         a command's words are off
├── ImportFileError      a file of lessons cannot be read
└── DocumentError        a document cannot be read, or has no words
"""


class MynaError(Exception):
    """The root: its text is a sentence for people that says what to do."""


class SettingsError(MynaError):
    """A setting is missing, malformed or out of range."""


class DataDirectoryError(MynaError):
    """The data directory cannot be used."""


class DataDirectoryLockedError(DataDirectoryError):
    """Another process owns the data directory."""


class DiskFullError(DataDirectoryError):
    """There is no room left on the data directory's disk."""


class StorageError(MynaError):
    """The database cannot be read, or is from a newer Myna."""


class ModelError(MynaError):
    """The base model or the embedder is missing or corrupt."""


class AdapterError(MynaError):
    """An adapter is missing, of another base, or does not match its hashes."""


class EngineError(MynaError):
    """The model could not answer."""


class PromptTooLongError(EngineError):
    """The question does not fit the model's context."""


class EngineCancelledError(EngineError):
    """The answer was stopped on request."""


class FetchError(MynaError):
    """A page cannot be fetched, or may not be; its query is never in the text."""


class SearchError(MynaError):
    """The search engine gave no results."""


class ToolError(MynaError):
    """A tool cannot be called, or did not answer."""

    def __init__(self, text: str, *, detail: str = "") -> None:
        """Take the sentence, and what the other side said is wrong.

        `detail` is a stranger's words: show them as such, and after screening.
        """
        super().__init__(text)
        self.detail = detail


class RunError(MynaError):
    """A training run could not finish."""


class RunKilledError(RunError):
    """The trainer died without writing a result."""


class RunBusyError(RunError):
    """This server is already learning."""


class NotFoundError(MynaError):
    """There is no such lesson, run or adapter."""


class ConflictError(MynaError):
    """Somebody else decided first."""


class CommandError(MynaError):
    """A command's words are off."""


class LessonError(MynaError):
    """A lesson's words do not have the form of its kind."""


class ImportFileError(MynaError):
    """A file of lessons cannot be read."""


class DocumentError(MynaError):
    """A document cannot be read, is refused, or has no words in it."""
