"""`shift-sms shifts fill`, `stop-fill`, `watch` and `why`: fill plans."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from shift_sms_cli.connection import DEFAULT_ENVIRONMENT, EnvOption, ProfileOption, RegionOption, connect
from shift_sms_cli.fill_plans.explanation import print_plan, print_waves, waves_json
from shift_sms_cli.fill_plans.preview import print_preview
from shift_sms_cli.fill_plans.progress import advice, follow
from shift_sms_cli.fill_plans.words import command, count_of
from shift_sms_cli.output import (
    AfterOption,
    JsonOption,
    counting,
    note,
    print_json_page,
    print_line,
    print_more,
    save_csv,
)
from shift_sms_cli.prompts import NO_TERMINAL, YesOption, confirm, is_interactive
from shift_sms_cli.shift_options import CodeArgument, given
from shift_sms_operator.campaigns.prices import read_prices
from shift_sms_operator.fill_plans.audit_file import CSV_HEADER, csv_rows
from shift_sms_operator.fill_plans.fill_explainer import DEFAULT_WAVES, MAX_WAVES, FillExplainer
from shift_sms_operator.fill_plans.views import FillAction, NoFillPlan
from shift_sms_operator.refusals import Refused
from shift_sms_runtime.shifts.filling.fill_details import FillOrder
from shift_sms_runtime.shifts.filling.fill_plan import FillStatus

_INTERRUPTED = 1
_QUESTIONS = {FillAction.RESUMED: "Resume filling", FillAction.RESTARTED: "Start a new fill plan of"}


def fill(
    code: CodeArgument,
    by: Annotated[
        str | None,
        typer.Option(
            "--by", metavar="TIME", help="When the plan ends; by default at respond_by, or the start."
        ),
    ] = None,
    order: Annotated[
        str | None,
        typer.Option(
            "--order",
            metavar="ORDER",
            help=f"Who is texted first: {', '.join(FillOrder)}.",
            show_default="the setting fill_order",
        ),
    ] = None,
    segment: Annotated[
        str | None,
        typer.Option(
            "--segment", metavar="NAME", help="Whom to text.", show_default="the setting default_segment"
        ),
    ] = None,
    wave_size: Annotated[
        str | None,
        typer.Option(
            "--wave-size",
            metavar="N|auto",
            help="How many people a wave has.",
            show_default="the setting fill_wave_size",
        ),
    ] = None,
    wave_minutes: Annotated[
        str | None,
        typer.Option(
            "--wave-minutes",
            metavar="N|auto",
            help="The minutes between waves.",
            show_default="the setting fill_wave_minutes",
        ),
    ] = None,
    urgent: Annotated[
        bool | None,
        typer.Option(
            "--urgent/--not-urgent", help="Also text people in quiet hours, if the setting allows it."
        ),
    ] = None,
    prices: Annotated[
        Path | None,
        typer.Option("--prices", metavar="FILE", help="Prices to use instead, as for campaigns preview."),
    ] = None,
    yes: YesOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Fills a shift: texts the employees who may take it in waves, until no seat is free. Resumes a stopped plan.

    Shows the text, whom it may reach and the cost beside a broadcast, and asks.

    Example: shift-sms shifts fill XYZ123 --order seniority --by 2026-08-15T18:00
    """
    values = given(
        {
            "fill_by": by,
            "fill_order": order,
            "fill_segment": segment,
            "fill_wave_size": wave_size,
            "fill_wave_minutes": wave_minutes,
            "fill_urgent": None if urgent is None else str(urgent),
        }
    )
    plans = connect(env, profile, region).fill_plans
    draft, action = plans.changes.draft(code, values)
    code = draft.shift.shift_id
    if action is FillAction.RUNNING:
        print_line(f"{code} is being filled already. Follow it: {command('watch', code, env)}")
        return
    with counting("members") as counted:
        shown = plans.previewer.preview(code, values, prices=read_prices(prices), on_progress=counted)
    print_preview(shown)
    if not yes and not is_interactive():
        raise Refused(NO_TERMINAL)
    confirm(f"{_QUESTIONS.get(action, 'Fill')} {code}?", yes=yes)
    change = plans.changes.start(code, values)
    done = {FillAction.RESUMED: "is being filled again", FillAction.RUNNING: "is being filled already"}
    print_line(
        f"{code} {done.get(change.action or action, 'is being filled')}."
        f" Follow it: {command('watch', code, env)}"
    )


def stop_fill(
    code: CodeArgument,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Stops filling a shift: no one else is texted. `fill` resumes the plan.

    Example: shift-sms shifts stop-fill XYZ123
    """
    change = connect(env, profile, region).fill_plans.changes.stop(code)
    code = change.shift.shift_id
    if not change.changed:
        stopped = change.shift.fill is not None and change.shift.fill.status is FillStatus.STOPPED
        print_line(f"The fill plan of {code} {'is stopped' if stopped else 'has ended'} already.")
        return
    print_line(f"The fill plan of {code} is stopped. Texts that are being sent at this moment still leave.")
    print_line(f"Resume it: {command('fill', code, env)}")


def watch(
    code: CodeArgument,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Follows a fill plan wave by wave, until no one else is texted.

    Example: shift-sms shifts watch XYZ123 --env prod
    """
    follower = connect(env, profile, region).fill_plans.follower
    try:
        with _naming_the_start(code, env):
            ended = follow(partial(follower.progress, code))
    except KeyboardInterrupt:
        note(f"no longer watched; the fill plan of {code} goes on until shifts stop-fill stops it")
        raise typer.Exit(_INTERRUPTED) from None
    if hint := advice(ended, env):
        print_line(hint, style="yellow")


def why(
    code: CodeArgument,
    all_plans: Annotated[
        bool, typer.Option("--all", help="All plans of the shift, the oldest first; by default the last one.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=MAX_WAVES, help="Most waves of a page.")
    ] = DEFAULT_WAVES,
    after: AfterOption = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Rank the stored inputs again, and compare the order and the choice."),
    ] = False,
    json: JsonOption = False,
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv", metavar="FILE", help="Write all plans to a CSV file for an audit; - prints it."
        ),
    ] = None,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Explains a fill plan wave by wave: who was texted in which order, who was not, and why.

    Example: shift-sms shifts why XYZ123 --csv XYZ123.csv
    """
    explainer = connect(env, profile, region).fill_plans.explainer
    with _naming_the_start(code, env):
        plans = explainer.plans(code)
    if check:
        _check(explainer, code)
        return
    if csv is not None:
        _write_csv(explainer, code, csv)
        return
    page = explainer.page(
        code,
        started_at="" if all_plans else plans[0].started_at,
        limit=limit,
        after=after,
        complete=json,
    )
    if json:
        print_json_page(waves_json(page.items), page.cursor)
        return
    zone = explainer.zone(code)
    if not page.items:
        print_plan(plans[0])
        print_line("It has texted no one.")
    for started_at, waves in groupby(page.items, key=lambda wave: wave.started_at):
        for plan in plans:
            if plan.started_at == started_at:
                print_plan(plan)
        print_waves(waves, zone)
    print_more(page.cursor)


@contextmanager
def _naming_the_start(code: str, env: str) -> Iterator[None]:
    """Adds the command that starts a plan to the refusal of a shift without one."""
    try:
        yield
    except NoFillPlan as refusal:
        raise Refused(f"{refusal}; start one: {command('fill', code, env)}") from None


def _check(explainer: FillExplainer, code: str) -> None:
    """Prints whether the stored inputs give the stored order and choice. Raises Refused if they do not."""
    waves = [*explainer.replay(code)]
    for wave in waves:
        if wave.missing:
            raise Refused(
                f"wave {wave.number} of the plan {wave.started_at} cannot be checked: the inputs of"
                f" {wave.missing} of {wave.eligible} employees are not stored"
            )
        if wave.first_difference is not None:
            raise Refused(
                f"wave {wave.number} of the plan {wave.started_at} was in another order than its stored inputs"
                f" give: rank {wave.first_difference} is another employee"
            )
    counts = count_of(len(waves), "wave"), count_of(sum(wave.contacts for wave in waves), "contact")
    print_line(f"The stored inputs give the same order and the same choice: {', '.join(counts)}.")


def _write_csv(explainer: FillExplainer, code: str, file: Path) -> None:
    rows = csv_rows(explainer.all(code))
    count = save_csv(None if str(file) == "-" else file, CSV_HEADER, rows)
    if count is not None:
        note(f"{count_of(count, 'row')} in {file}")
