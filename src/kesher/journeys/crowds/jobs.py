"""The jobs for many people: letting them go on without what is too old, taking on or out all at a step."""

from __future__ import annotations

from procrastinate.contrib.django import app

from kesher.lib import clock


@app.task(name="journeys.skip_on", retry=5)
def skip_the_rest(workspace_id: int, journey_id: int) -> None:
    """Until nobody is left to skip. Done again after a crash, for it is only about those who still wait."""
    from kesher.accounts.models import Workspace
    from kesher.journeys.resuming import skip_on

    workspace = Workspace.objects.get(pk=workspace_id)
    while skip_on(workspace, journey_id, now=clock.now()):
        pass


@app.task(name="journeys.crowd", retry=5)
def act_on_all(workspace_id: int, work_id: int) -> None:
    """Done again after a crash: who was taken on or out before is no longer at the step."""
    from kesher.accounts.models import Work
    from kesher.journeys.crowds.working import carry_out

    carry_out(Work.objects.get(pk=work_id, workspace_id=workspace_id))
