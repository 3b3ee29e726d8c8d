import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.expectations.durations import Duration
from commlog_tui.expectations.rules import Rule
from commlog_tui.expectations.rules_file import MOST_RULES, RulesError, parse_rules

LONDON = ZoneInfo("Europe/London")
GOOD = """\
# what every booking gets
[[quay]]
kind = "confirmation"
within = "10 minutes"

[[quay]]
kind = "reminder"
before_start = "24 hours"
unless = "booked later than that"
via = "sms"

[[north-pier]]
kind = "survey"
after_end = "1 day"
lasts = "3 hours"

[[north-pier]]
kind = "thanks"
after_start = "2 days"
"""


def test_rules_are_read_by_location() -> None:
    rules = parse_rules(GOOD, "expectations.toml")
    assert rules == {
        "quay": (
            Rule("confirmation", "within", Duration(10, "minute")),
            Rule("reminder", "before_start", Duration(24, "hour"), via="sms", unless_booked_later=True),
        ),
        "north-pier": (
            Rule("survey", "after_end", Duration(1, "day"), lasts=Duration(3, "hour")),
            Rule("thanks", "after_start", Duration(2, "day")),
        ),
    }


def test_no_rules_are_no_rules() -> None:
    assert parse_rules("", "expectations.toml") == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[quay]\n", "e.toml, line 1: this is not valid TOML."),
        ('[[quay]]\nkind = "reminder"\nkind = "x"\n', "e.toml, line 3: this is not valid TOML."),
        ("\n[quay]\n", "e.toml, line 2: quay must be rules, each headed [[quay]]."),
        ("quay = 5\n", "e.toml, line 1: quay must be rules, each headed [[quay]]."),
        ("\nquay = [1]\n", "e.toml, line 2: quay must be rules, each headed [[quay]]."),
        ('[[Quay]]\nkind = "a"\nwithin = "1 day"\n', "e.toml, line 1: Quay is no location's id"),
        ('[["a b"]]\nkind = "a"\nwithin = "1 day"\n', "e.toml, line 1: a b is no location's id"),
        (
            '[[quay]]\nkind = "reminder"\nbefor_start = "24 hours"\n',
            "e.toml, line 3, rule 1 of quay: there is no key befor_start; did you mean before_start?",
        ),
        ('[[quay]]\nkind = "a"\nzzz = 1\n', "there is no key zzz. Known are: kind, within, before_start"),
        ('[[quay]]\nwithin = "1 day"\n', "e.toml, line 1, rule 1 of quay: it has no kind"),
        ('[[quay]]\nkind = "a"\n', "rule 1 of quay: it has no time; give one of within, before_start"),
        (
            GOOD + '[[quay]]\nkind = "a"\nwithin = "1 day"\nafter_start = "1 day"\n',
            "e.toml, line 23, rule 3 of quay: it has both within and after_start",
        ),
        (
            '[[quay]]\nkind = "a"\nwithin = "10 minuts"\n',
            'within must be a duration such as "10 minutes"',
        ),
        ('[[quay]]\nkind = "a"\nwithin = "10 minuts"\n', "did you mean minutes?"),
        ('[[quay]]\nkind = "a"\nwithin = 10\n', "line 3, rule 1 of quay: within must be a duration"),
        ('[[quay]]\nkind = "a"\nafter_end = "1 day"\n', 'after_end needs lasts = "2 hours" beside it'),
        ('[[quay]]\nkind = "a"\nafter_start = "1 day"\nlasts = "1 day"\n', "line 4, rule 1 of quay: lasts is for"),
        ('[[quay]]\nkind = "a"\nafter_end = "1 day"\nlasts = "long"\n', "line 4, rule 1 of quay: lasts must be"),
        ('[[quay]]\nkind = "A b"\nwithin = "1 day"\n', "line 2, rule 1 of quay: kind must be a word in small letters"),
        ('[[quay]]\nkind = 5\nwithin = "1 day"\n', "kind must be a word in small letters"),
        ('[[quay]]\nkind = "a"\nwithin = "1 day"\nvia = "SMS"\n', "in quotes; did you mean sms?"),
        ('[[quay]]\nkind = "a"\nwithin = "1 day"\nunless = "booked later than that"\n', "unless has no meaning"),
        ('[[quay]]\nkind = "a"\nbefore_start = "1 day"\nunless = "late"\n', 'unless must be "booked later than that".'),
        ('[[quay]]\nkind = "a"\nbefore_start = "1 day"\nunless = true\n', 'unless must be "booked later than that".'),
    ],
)
def test_a_wrong_rule_names_its_line_and_the_right_word(text: str, words: str) -> None:
    with pytest.raises(RulesError) as caught:
        parse_rules(text, "e.toml")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_names_from_the_file_are_shown_without_control_characters() -> None:
    with pytest.raises(RulesError) as caught:
        parse_rules('[[quay]]\n"\\u001b[31m" = 1\n', "e.toml")
    assert "\x1b" not in str(caught.value)


def test_more_rules_than_anybody_needs_are_refused() -> None:
    one = '[[quay]]\nkind = "a"\nwithin = "1 day"\n'
    assert len(parse_rules(one * MOST_RULES, "e.toml")["quay"]) == MOST_RULES
    with pytest.raises(RulesError, match="at most 50"):
        parse_rules(one * (MOST_RULES + 1), "e.toml")


def outcome(text: str) -> str:
    """Return the sentences of the rules in a text, or the one that says what is wrong with them."""
    try:
        rules = parse_rules(text, "e.toml")
    except RulesError as error:
        return str(error)
    return " ".join(rule.sentence() for each in rules.values() for rule in each)


@given(st.text(max_size=200))
def test_whatever_a_file_holds_there_are_rules_or_one_sentence(text: str) -> None:
    assert outcome(text).startswith(("e.toml, line ", "Every booking")) or not parse_rules(text, "e.toml")


@given(
    st.dictionaries(
        st.sampled_from(["kind", "within", "before_start", "after_end", "lasts", "via", "unless", "x"]),
        st.sampled_from(["'1 day'", "'a'", "1", "true", "[]", "{}", "'booked later than that'", "1979-05-27"]),
    )
)
def test_whatever_a_rule_holds_it_is_a_rule_or_one_sentence(pairs: dict[str, str]) -> None:
    text = "[[quay]]\n" + "".join(f"{key} = {value}\n" for key, value in pairs.items())
    assert re.match(r"e\.toml, line \d, rule 1 of quay: .*[.?]$|Every booking .*\.$", outcome(text))


def test_rules_say_what_they_mean_and_when_they_are_due() -> None:
    confirmation, reminder = parse_rules(GOOD, "e.toml")["quay"]
    survey, thanks = parse_rules(GOOD, "e.toml")["north-pier"]
    booked, starts = datetime(2026, 10, 20, 9, tzinfo=UTC), datetime(2026, 10, 26, 9, tzinfo=UTC)
    assert confirmation.due_at(booked, None, LONDON) == datetime(2026, 10, 20, 9, 10, tzinfo=UTC)
    assert reminder.due_at(booked, None, LONDON) is None
    assert reminder.due_at(booked, starts, LONDON) == datetime(2026, 10, 25, 9, tzinfo=UTC)
    assert survey.due_at(booked, starts, LONDON) == datetime(2026, 10, 27, 12, tzinfo=UTC)
    assert thanks.due_at(booked, starts, LONDON) == datetime(2026, 10, 28, 9, tzinfo=UTC)
    assert [rule.sentence() for rule in (confirmation, reminder, survey, thanks)] == [
        "Every booking gets Confirmation within 10 minutes of its first record.",
        "Every booking gets Reminder by sms until 24 hours before its start, unless booked later than that.",
        "Every booking gets Survey until 1 day after its end, which is 3 hours after its start.",
        "Every booking gets Thanks until 2 days after its start.",
    ]
