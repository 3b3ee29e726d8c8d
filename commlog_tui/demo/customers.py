"""Generate sample customers, with reserved addresses and numbers reserved for fiction."""

from dataclasses import dataclass, field
from random import Random
from typing import Final

_FIRST: Final = [
    "Ada",
    "Ben",
    "Chloé",
    "Dan",
    "Ella",
    "Finn",
    "Grace",
    "Hugo",
    "Isla",
    "Jürgen",
    "Kasia",
    "Łukasz",
    "Maya",
    "Noor",
    "Olga",
    "Priya",
    "Quentin",
    "Rosa",
    "Søren",
    "Tomás",
    "Uma",
    "Víctor",
    "Wren",
    "Ximena",
    "Yusuf",
    "Zoë",
    "Anaïs",
    "Bjørn",
    "Çelik",
    "Dafydd",
    "Eilidh",
    "Frida",
    "Gwen",
    "Håkon",
    "Inês",
    "Jörg",
]
_LAST: Final = [
    "Archer",
    "Brown",
    "Clarke",
    "Díaz",
    "Evans",
    "Fischer",
    "Green",
    "Hughes",
    "Iqbal",
    "Jones",
    "Kowalski",
    "Lévy",
    "Müller",
    "Nowak",
    "O'Brien",
    "Patel",
    "Quinn",
    "Roberts",
    "Smith",
    "Taylor",
    "Underwood",
    "Vögel",
    "Walker",
    "Xu",
    "Young",
    "Zając",
    "Ågren",
    "Bakker",
    "Costa",
    "Dvořák",
]
_OTHER: Final = (
    "田中 さくら",
    "王小明",
    "Ελένη Παπαδοπούλου",
    "Анна Смирнова",
    "محمد علي",
    "דנה לוי",
    "김민준",
    "Nguyễn Thị Lan",
)
_HOSTS: Final = ("example.com", "example.org", "example.net", "mail.example", "post.example")


@dataclass(slots=True)
class Person:
    """A customer as the booking system knows them."""

    id: str
    name: str
    addresses: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)


def _number(rng: Random) -> str:
    kind = rng.random()
    if kind < 0.7:
        tail = f"{rng.randrange(1000):03d}"
        return rng.choice((f"07700 900{tail}", f"+44 7700 900{tail}", f"07700900{tail}"))
    if kind < 0.85:
        return f"020 7946 0{rng.randrange(1000):03d}"
    return f"+1 {rng.choice((212, 303, 415))}-555-01{rng.randrange(100):02d}"


def generate_customers(rng: Random, count: int) -> list[Person]:
    """Generate customers; the first is always the same.

    Some have several addresses and numbers, some share those of their family.
    """
    people: list[Person] = []
    for at in range(count):
        other = rng.random() < 0.04
        first, last = rng.choice(_FIRST), rng.choice(_LAST)
        person = Person(f"c-{10_000 + at}", rng.choice(_OTHER) if other else f"{first} {last}")
        plain = "".join(letter for letter in f"{first}.{last}".lower() if letter.isascii() and letter != "'")
        if people and rng.random() < 0.05:
            person.addresses.append(rng.choice(people[-50:]).addresses[0])
        else:
            person.addresses.append(f"{plain}{at}@{rng.choice(_HOSTS)}")
        person.numbers.append(_number(rng))
        if rng.random() < 0.12:
            person.addresses.append(f"{plain}@work{at}.example")
        if rng.random() < 0.15:
            person.numbers.append(_number(rng))
        people.append(person)
    people[0] = Person(
        people[0].id, "Zoë Archer", ["zoe.archer@example.com", "z.archer@work.example"], ["07700 900123"]
    )
    return people
