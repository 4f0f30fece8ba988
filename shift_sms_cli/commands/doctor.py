"""`shift-sms doctor`: checks a deployment, and names what is wrong."""

from dataclasses import asdict

import typer

from shift_sms_cli.connection import DEFAULT_ENVIRONMENT, EnvOption, ProfileOption, RegionOption, connect
from shift_sms_cli.output import JsonOption, print_json, print_line
from shift_sms_operator.health.findings import Finding, FindingStatus

HEALTHY, UNHEALTHY = 0, 1

_STYLES = {
    FindingStatus.OK: "green",
    FindingStatus.WRONG: "bold red",
    FindingStatus.UNREADABLE: "yellow",
    FindingStatus.NOT_USED: "dim",
}
_WIDTH = max(map(len, FindingStatus))
_INDENT = " " * (_WIDTH + 2)


def doctor(
    json: JsonOption = False,
    env: EnvOption = DEFAULT_ENVIRONMENT,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Checks the number, the account and the stack, and names the command that fixes each fault. Changes nothing.

    Exits with 0 if everything is in order, and with 1 if something is wrong or could not be read.

    Example: shift-sms doctor --env prod
    """
    findings = connect(env, profile, region).health.examine()
    if json:
        print_json([asdict(finding) for finding in findings])
    else:
        _print(findings)
    if not all(finding.status.healthy for finding in findings):
        raise typer.Exit(UNHEALTHY)


def _print(findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        print_line(
            f"{finding.status:<{_WIDTH}}  {finding.check}: {finding.what}", style=_STYLES[finding.status]
        )
        if finding.why:
            print_line(f"{_INDENT}why: {finding.why}")
        if finding.fix:
            print_line(f"{_INDENT}fix: {finding.fix}")
    wrong = sum(not finding.status.healthy for finding in findings)
    print_line()
    print_line(
        "Everything is in order." if not wrong else f"{wrong} of {len(findings)} findings need attention."
    )
