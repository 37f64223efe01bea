"""What the runner contract calls bad configuration or data."""


class Refusal(Exception):
    """It will never succeed as it is: the run ends with exit code 10 and this text.

    The text is shown outside the zone, so it holds names and counts, never a value of a row.
    """
