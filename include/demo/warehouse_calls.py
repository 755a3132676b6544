"""The calls and sales of one day, drawn from chance that is seeded by that day's date alone.

Only uniform numbers are drawn, so a day changes neither with the window that is built around it nor with how
NumPy shapes its other distributions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from demo import warehouse_calendar as calendar
from demo.warehouse_names import AGENTS, CAMPAIGNS, REGIONS, TEAMS, Agent

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
CallRow: TypeAlias = tuple[int, int, int, str, int | None, int, str | None, str | None]
SaleRow: TypeAlias = tuple[int, int, int, int, str, str, float, str | None]

OUTCOMES = ("sale", "callback", "refused", "no_answer", "busy", "voicemail", "wrong_number")
SALE, CALLBACK, REFUSED, NO_ANSWER, BUSY, VOICEMAIL, WRONG_NUMBER = range(len(OUTCOMES))
TIME_ZONE = ZoneInfo("Europe/Berlin")
MISSING_OUTCOMES, MISSING_REGIONS, CANCELLED_SALES = 0.015, 0.03, 0.06

_SALT = 24  # chosen so that the demo day, 2026-10-01, is an ordinary good Thursday
_CALLBACKS = 0.24
_UNREACHED = np.array([0.0, 0.0, 0.0, 0.52, 0.12, 0.28, 0.08])
_MEAN_TALK = np.array([430.0, 115.0, 78.0, 0.0, 0.0, 0.0, 20.0])
_WAIT_FROM = np.array([4.0, 4.0, 4.0, 22.0, 2.0, 14.0, 4.0])
_WAIT_TO = np.array([28.0, 28.0, 28.0, 40.0, 6.0, 26.0, 28.0])
_ABSENT, _ABSENT_ON_SATURDAY = 0.11, 0.5


@dataclass(frozen=True)
class DayOfCalls:
    """The rows of one day, in the column order of the tables `calls` and `sales`."""

    calls: list[CallRow]
    sales: list[SaleRow]


@dataclass(frozen=True)
class _Draw:
    """One day's calls as columns of equal length: seconds (`start`: of the UTC day) and indices."""

    start: Ints
    wait: Ints
    talk: Ints
    campaign: Ints
    agent: Ints
    outcome: Ints


def calls_on(day: date) -> DayOfCalls:
    """Return the calls and sales of `day` (a local day in Berlin); none when the centre is closed.

    The ids carry the date: the first call on 2026-10-01 is 202610010001, the first sale 20261001001. A
    cancellation may lie up to 14 days after `day`, beyond the end of the window that is built.
    """
    expected = calendar.expected_calls(day)
    if not expected:
        return DayOfCalls([], [])
    random = np.random.default_rng((_SALT, int(f"{day:%Y%m%d}")))
    draw = _draw(day, round(expected * (0.95 + 0.1 * random.random())), random)
    missing, region, region_missing, *luck = random.random((7, len(draw.start)))
    outcomes = np.array(OUTCOMES, dtype=object)[draw.outcome]
    outcomes[(missing < MISSING_OUTCOMES) & (draw.outcome != SALE)] = None
    regions = np.array([name for name, _ in REGIONS], dtype=object)[_pick(_REGION_WEIGHTS, region)]
    regions[region_missing < MISSING_REGIONS] = None
    calls = _call_rows(day, draw, outcomes.tolist(), regions.tolist())
    return DayOfCalls(calls, _sale_rows(day, draw, calls, luck))


def _draw(day: date, count: int, random: np.random.Generator) -> _Draw:
    """Return the times, people and outcomes of `count` calls, less those that the outage swallowed."""
    local = _start_times(day, random.random(count))
    if day == calendar.OUTAGE_DAY:
        local = local[(local < calendar.OUTAGE_FROM) | (local >= calendar.OUTAGE_TO)]
    present = random.random(len(AGENTS))
    uniforms = random.random((7, len(local)))
    campaign = _campaigns(day, uniforms[0])
    agent = _agents(day, campaign, present, uniforms[1])
    outcome = _outcomes(day, local, campaign, agent, uniforms[2:4])
    talk = -np.log1p(-uniforms[4:6]).sum(axis=0) / 2 * _MEAN_TALK[outcome]
    talk = np.where(_MEAN_TALK[outcome] > 0, np.maximum(talk, 6), 0)
    wait = _WAIT_FROM[outcome] + uniforms[6] ** 2 * (_WAIT_TO[outcome] - _WAIT_FROM[outcome])
    start = local - _utc_offset(day)
    return _Draw(start, wait.astype(np.int64), talk.astype(np.int64), campaign, agent, outcome)


def _start_times(day: date, uniforms: Floats) -> Ints:
    """Return sorted seconds of the local day: two peaks, 11:00 and 17:00, or one on a Saturday's half day."""
    minute = np.arange(24 * 60)
    hour = minute / 60
    saturday = day.weekday() == 5
    opens, closes = calendar.SATURDAY_HOURS if saturday else calendar.HOURS
    curve = 0.35 + np.exp(-(((hour - 11) / 1.6) ** 2))
    if not saturday:
        curve += 0.9 * np.exp(-(((hour - 17) / 1.5) ** 2))
    curve[(minute * 60 < opens) | (minute * 60 >= closes)] = 0
    reached = np.concatenate(([0.0], np.cumsum(curve)))
    seconds = np.interp(uniforms * reached[-1], reached, np.arange(24 * 60 + 1) * 60.0)
    return np.sort(np.clip(seconds, opens, closes - 1)).astype(np.int64)


def _campaigns(day: date, uniforms: Floats) -> Ints:
    """Return the index of each call's campaign, among those active on `day`."""
    return _pick(np.array([campaign.share * campaign.active_on(day) for campaign in CAMPAIGNS]), uniforms)


def _agents(day: date, campaign: Ints, present: Floats, uniforms: Floats) -> Ints:
    """Return the index of each call's agent: one of the campaign's team who is at work on `day`."""
    absence = _ABSENT_ON_SATURDAY if day.weekday() == 5 else _ABSENT
    employed = np.array([agent.employed_on(day) for agent in AGENTS])
    agent = np.zeros(len(campaign), dtype=np.int64)
    for team in range(len(TEAMS)):
        members = employed & (team == _AGENT_TEAM)
        at_work = members & (present > absence)
        mine = team == _CAMPAIGN_TEAM[campaign]
        agent[mine] = _pick(_PACE * (at_work if at_work.any() else members), uniforms[mine])
    return agent


def _outcomes(day: date, local: Ints, campaign: Ints, agent: Ints, uniforms: Floats) -> Ints:
    """Return the index into OUTCOMES of each call: evenings reach more people, mornings sell a bit better."""
    hour = local / 3600
    reached = uniforms[0] < _CONTACT[campaign] * (0.95 + 0.13 * np.exp(-(((hour - 18) / 2) ** 2)))
    skill = np.array([_skill_on(day, one) for one in AGENTS])
    sells = _CONVERSION[campaign] * skill[agent] * np.where(hour < 12, 1.06, 0.97)
    refuses = uniforms[1] >= sells + _CALLBACKS
    talked = np.where(uniforms[1] < sells, SALE, np.where(refuses, REFUSED, CALLBACK))
    return np.where(reached, talked, _pick(_UNREACHED, uniforms[1])).astype(np.int64)


def _skill_on(day: date, agent: Agent) -> float:
    """Return how well the agent sells, around 1: talent, and up to 60 days of learning."""
    learnt = min(max((day - agent.hired_on).days, 0) / 60, 1.0)
    return float(_TALENT[agent.id - 1] * (0.6 + 0.4 * learnt))


def _call_rows(day: date, draw: _Draw, outcomes: list[str | None], regions: list[str | None]) -> list[CallRow]:
    """Return the rows of `calls`; a call that nobody answered has no talk time."""
    first = int(f"{day:%Y%m%d}") * 10_000 + 1
    return list(
        zip(
            range(first, first + len(outcomes)),
            [CAMPAIGNS[index].id for index in draw.campaign.tolist()],
            [AGENTS[index].id for index in draw.agent.tolist()],
            [f"{day} {clock}" for clock in _clock()[draw.start].tolist()],
            [seconds or None for seconds in draw.talk.tolist()],
            draw.wait.tolist(),
            outcomes,
            regions,
            strict=True,
        )
    )


def _sale_rows(day: date, draw: _Draw, calls: list[CallRow], luck: Sequence[Floats]) -> list[SaleRow]:
    """Return the rows of `sales`, one for each call that sold; the first offer of a campaign sells best."""
    offer, price, regret, regret_after = luck
    midnight = datetime.combine(day, datetime.min.time())
    ended = draw.start + draw.wait + draw.talk
    first = int(f"{day:%Y%m%d}") * 1_000 + 1
    rows: list[SaleRow] = []
    for call in np.flatnonzero(draw.outcome == SALE).tolist():
        call_id, campaign_id, agent_id = calls[call][:3]
        offers = CAMPAIGNS[draw.campaign[call]].offers
        product, list_price = offers[int(offer[call] ** 1.3 * len(offers))]
        amount = round(list_price * (1.0, 1.0, 0.9, 1.1)[int(price[call] * 4)], 2)
        sold = midnight + timedelta(seconds=int(ended[call]))
        cancelled_at = sold + timedelta(seconds=int((1 + 13 * regret_after[call]) * 86_400))
        cancelled = str(cancelled_at) if regret[call] < CANCELLED_SALES else None
        ids = (first + len(rows), call_id, campaign_id, agent_id)
        rows.append((*ids, str(sold), product, amount, cancelled))
    return rows


def _pick(weights: Floats, uniforms: Floats) -> Ints:
    """Return an index for each uniform number, i as often as `weights[i]` says and never if that is 0."""
    reached = np.cumsum(weights)
    index = np.searchsorted(reached, uniforms * reached[-1], side="right")
    chosen: Ints = np.minimum(index, np.flatnonzero(weights)[-1]).astype(np.int64)
    return chosen


def _utc_offset(day: date) -> int:
    """Return how many seconds Berlin is ahead of UTC at noon; it changes on Sunday nights only."""
    offset = datetime(day.year, day.month, day.day, 12, tzinfo=TIME_ZONE).utcoffset()
    return int(offset.total_seconds()) if offset else 0


@cache
def _clock() -> npt.NDArray[np.object_]:
    """Return the text of every second of a day, from 00:00:00 to 23:59:59."""
    sixty = [f"{number:02}" for number in range(60)]
    clock = [f"{hour}:{minute}:{second}" for hour in sixty[:24] for minute in sixty for second in sixty]
    return np.array(clock, dtype=object)


_REGION_WEIGHTS = np.array([weight for _, weight in REGIONS])
_CONTACT = np.array([campaign.contact for campaign in CAMPAIGNS])
_CONVERSION = np.array([campaign.conversion for campaign in CAMPAIGNS])
_CAMPAIGN_TEAM = np.array([TEAMS.index(campaign.team) for campaign in CAMPAIGNS])
_AGENT_TEAM = np.array([TEAMS.index(agent.team) for agent in AGENTS])
_TALENT = 0.65 + 0.7 * np.random.default_rng(1).random(len(AGENTS))
_PACE = 0.7 + 0.6 * np.random.default_rng(2).random(len(AGENTS))
