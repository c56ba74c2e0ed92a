"""Anyone may check a document: nothing is kept, nothing is asked."""

import asyncio
from dataclasses import replace

from aiohttp import web

import reports
from ledger import Money
from web.faces import face, texts
from web.forms import posted
from web.keys import CLOCK, DB, LOCALE, SEALER
from web.shapes_verify import Finding, Verify

FILE_BYTES_MAX = 20 * 1024 * 1024


async def show(request: web.Request) -> web.StreamResponse:
    return face(request, "verify.html", Verify())


async def check(request: web.Request) -> web.StreamResponse:
    """The verdict on an uploaded file."""
    _ = texts(request)
    upload = (await posted(request)).get("file")
    data = upload.file.read(FILE_BYTES_MAX + 1) if isinstance(upload, web.FileField) else b""
    if not data or len(data) > FILE_BYTES_MAX:
        wrong = {"file": _("Choose a PDF file of 20 MB at most")}
        return face(request, "verify.html", Verify(errors=wrong), 422)
    assert isinstance(upload, web.FileField)
    trust, at = request.app[SEALER].trust_pem, request.app[CLOCK]()
    verdict = await asyncio.to_thread(reports.verify_file, data, trust, at)
    value = _told(verdict, upload.filename[:120], request[LOCALE])
    if verdict.code == 0:
        async with request.app[DB].reading() as db:
            issued = await reports.registered(db, data)
        if issued:
            later = issued.superseded_by
            value = replace(value, superseded=bool(later), superseded_by=later)
    return face(request, "verify.html", value)


async def show_seal(request: web.Request) -> web.StreamResponse:
    """The certificate by which anyone can check our documents without us."""
    return web.Response(body=request.app[SEALER].trust_pem, content_type="application/x-pem-file")


def _told(verdict: reports.Verdict, file: str, locale: str) -> Verify:
    totals = verdict.totals
    charged = totals.get("charged")
    return Verify(
        code=verdict.code,
        file=file,
        number=verdict.name,
        kind=verdict.kind,
        session=verdict.session,
        minutes=totals.get("billed_minutes"),
        total=Money(charged, totals.get("currency", "RUB")) if isinstance(charged, int) else None,
        findings=tuple(
            Finding(one.check, one.good, one.ru if locale == "ru" else one.en)
            for one in verdict.findings
        ),
    )
