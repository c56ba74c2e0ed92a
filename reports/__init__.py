"""Paper: reads everything, writes only the register of issued documents.

    sealer = development_sealer(folder, at, issuer=Issuer())          # keys made on the first run
    issued = await issue_protocol(db, "S-2026-000001", at, sealer)    # the same again, if nothing changed
    issued = await issue_act(db, "S-2026-000001", at, sealer)         # raises NothingToAct, NotEnded
    await documents(db, Filter(party=None, kind=None, session=None, since=None, until=None, limit=100))
    await document(db, "A-2026-000001")       # the newest revision: Paper(issued, pdf); "A-2026-000001-r1" exactly that
    verdict = verify_file(data, trust_pem, at)           # Verdict(code 0..3, findings, ...); never raises on bad input
    verify_text(verdict, "ru"), verify_json(verdict)

`Issued`: number, revision, name ("A-2026-000001-r2"), kind ("protocol" | "act"), session, host, client, issued_at, sha256,
size, minutes, total_minor, currency, superseded (a newer revision exists). An issued file never changes: a correction is
the next revision under the same number and says what it replaces. `minutes` are billed minutes, money is minor units.
Drawing and sealing run in a thread; verbs take `at` and never commit.
"""
