"""A practice Page as a process of its own, for the benches: ``python -m tests.bench.outside FOLDER [RESIDENTS]``.

As many residents have written before, so that they may be answered; nothing is delivered from here."""

import sys
from pathlib import Path

from social_bot.bootstrap import clock
from social_bot.cli.running import make_server
from social_bot.practice.call import PracticeConfig
from social_bot.practice.server import Practice
from tests.bench.ground import APP_ID, APP_SECRET, HOST, PAGE, PRACTICE_PORT, TOKEN, VERIFY_TOKEN
from tests.bench.load import resident


def main(folder: str, residents: str = "0") -> None:
    practice = Practice(
        PracticeConfig(
            database=Path(folder) / "practice.db",
            app_id=APP_ID,
            app_secret=APP_SECRET,
            verify_token=VERIFY_TOKEN,
        ),
        clock=clock,
    )
    practice.add_page(PAGE, "Neuvonta", TOKEN)
    for number in range(int(residents)):
        practice.write_as_resident(PAGE, resident(number), text="Hei")
    make_server(practice.app, host=HOST, port=PRACTICE_PORT).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
