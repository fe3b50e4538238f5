"""PDFs that would do something, or that hold more than their pages."""

from __future__ import annotations

import io
from collections.abc import Callable

from pypdf import PdfReader, PdfWriter

from tests.hostile.odd import Must, Odd
from tests.hostile.pdf_writer import Pdf, packed, section, stream, updated, words

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE_ROOM = 32


def plain(pages: int = 1) -> bytes:
    pdf = Pdf()
    for number in range(pages):
        pdf.page(words(f"Page {number + 1} of {pages} ABC-1234"))
    return pdf.file()


def with_catalog(entries: bytes, **parts: bytes) -> bytes:
    """``%(name)d`` in the entries stands for the number of the part of this name."""
    pdf = Pdf()
    numbers = {name.encode(): pdf.add(body) for name, body in parts.items()}
    return pdf.file(entries % numbers)


def with_note(entries: bytes) -> bytes:
    pdf = Pdf()
    pdf.page(entries=b"/Annots[<</Type/Annot/Rect[10 10 90 40]%s>>]" % entries)
    return pdf.file()


def with_link(action: bytes) -> bytes:
    return with_note(b"/Subtype/Link/A<<%s>>" % action)


def with_page(entries: bytes) -> bytes:
    pdf = Pdf()
    pdf.page(entries=entries)
    return pdf.file()


def ever_deeper_names_and_form() -> bytes:
    return ever_deeper_names().replace(b"/Catalog", b"/Catalog/AcroForm<</Fields[<</FT/Tx/T(a)>>]>>")


def attached(*files: tuple[bytes, bytes], catalog: bytes = b"") -> bytes:
    pdf = Pdf()
    names = b""
    for name, data in files:
        held = pdf.stream(data, b"/Type/EmbeddedFile")
        spec = pdf.add(b"<</Type/Filespec/F(%s)/UF(%s)/EF<</F %d 0 R>>>>" % (name, name, held))
        names += b"(%s)%d 0 R" % (name, spec)
    return pdf.file(b"/Names<</EmbeddedFiles<</Names[%s]>>>>%s" % (names, catalog))


def attached_to_a_note() -> bytes:
    pdf = Pdf()
    held = pdf.stream(EICAR)
    spec = pdf.add(b"<</Type/Filespec/F(eicar.com)/EF<</F %d 0 R>>>>" % held)
    pdf.page(entries=b"/Annots[<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS %d 0 R>>]" % spec)
    return pdf.file()


def associated() -> bytes:
    pdf = Pdf()
    held = pdf.stream(b"<invoice/>", b"/Type/EmbeddedFile")
    spec = pdf.add(b"<</Type/Filespec/UF(factur-x.xml)/AFRelationship/Data/EF<</UF %d 0 R>>>>" % held)
    return pdf.file(b"/AF[%d 0 R]" % spec)


def nested_attachments(levels: int) -> bytes:
    inner = attached((b"eicar.com", EICAR))
    for level in range(levels):
        inner = attached((b"level%d.pdf" % level, inner))
    return inner


def ever_deeper_names() -> bytes:
    """A name tree whose branch leads back to its root."""
    pdf = Pdf()
    node = pdf.reserve()
    pdf.bodies[node] = b"<</Kids[%d 0 R %d 0 R]>>" % (node, node)
    return pdf.file(b"/Names<</EmbeddedFiles %d 0 R/JavaScript %d 0 R>>" % (node, node))


def form(extra: bytes = b"", field: bytes = b"") -> bytes:
    pdf = Pdf()
    box = pdf.add(
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(plate)/V(A-1)/Rect[10 10 90 40]/DA(/F1 12 Tf)%s>>" % field
    )
    pdf.page(entries=b"/Annots[%d 0 R]" % box)
    return pdf.file(b"/AcroForm<</Fields[%d 0 R]/DR<</Font<</F1 %d 0 R>>>>%s>>" % (box, pdf.font, extra))


def _signable() -> tuple[Pdf, bytes]:
    pdf = Pdf()
    value = pdf.add(
        b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached"
        b"/ByteRange[0 1111111111 2222222222 3333333333]/Contents<%s>>>" % (b"00" * SIGNATURE_ROOM)
    )
    box = pdf.add(b"<</Type/Annot/Subtype/Widget/FT/Sig/T(s)/V %d 0 R/Rect[0 0 0 0]>>" % value)
    pdf.page(entries=b"/Annots[%d 0 R]" % box)
    data = pdf.file(b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>" % box)
    start = data.index(b"/Contents<") + len(b"/Contents")
    end = start + 2 * SIGNATURE_ROOM + 2
    for told, number in ((b"1111111111", start), (b"2222222222", end), (b"3333333333", len(data) - end)):
        data = data.replace(told, b"%10d" % number)
    return pdf, data


def signed() -> bytes:
    return _signable()[1]


def signed_then_changed() -> bytes:
    pdf, data = _signable()
    return updated(data, pdf, {pdf.pages[0]: pdf.bodies[pdf.pages[0]].replace(b"300 200", b"310 200")})


def changed_twice() -> bytes:
    pdf = Pdf()
    data = pdf.file()
    for width in (310, 320):
        page = pdf.bodies[pdf.pages[0]].replace(b"300 200", b"%d 200" % width)
        data = updated(data, pdf, {pdf.pages[0]: page})
    return data


def linearised() -> bytes:
    """As a web server likes it: the table of the first page stands in front and points to the main one behind it."""
    pdf = Pdf()
    pdf.page()
    pdf.finish()
    first = {number: pdf.bodies[number] for number in pdf.bodies if number != pdf.tree}
    size, marker = len(pdf.bodies) + 2, b"<</Linearized 1/L 0000000000/H[0 0]/O 4/E 0/N 1/T 0>>"
    head = b"%PDF-1.4\n" + b"%d 0 obj\n%s\nendobj\n" % (size - 1, marker)

    def front(main: int) -> bytes:
        return section(head, first, b"/Root %d 0 R/Prev %010d" % (pdf.catalog, main), size)

    both = section(front(0), {pdf.tree: pdf.bodies[pdf.tree]}, b"/Root 1 0 R", size)
    main = both.rindex(b"xref\n0 1\n", 0, both.rindex(b"startxref"))
    start = front(main).index(b"xref\n0 1")
    both = section(front(main), {pdf.tree: pdf.bodies[pdf.tree]}, b"/Root 1 0 R", size)
    return both[: both.rindex(b"startxref")] + b"startxref\n%d\n%%%%EOF\n" % start


def locked(user: str, owner: str, algorithm: str = "AES-256", data: bytes | None = None) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data or plain())))
    writer.encrypt(user, owner, algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def unknown_lock() -> bytes:
    pdf = Pdf()
    lock = pdf.add(b"<</Filter/Acme.Vault/V 4/R 4/O(o)/U(u)/P -4>>")
    return pdf.file(trailer=b"/Encrypt %d 0 R/ID[<00><00>]" % lock)


def outlines_with_action() -> bytes:
    pdf = Pdf()
    root, entry = pdf.reserve(), pdf.reserve()
    pdf.bodies[root] = b"<</First %d 0 R/Last %d 0 R/Count 1>>" % (entry, entry)
    pdf.bodies[entry] = b"<</Title(go)/Parent %d 0 R/A<</S/Launch/F(cmd.exe)>>/Next %d 0 R>>" % (root, entry)
    return pdf.file(b"/Outlines %d 0 R" % root)


def chained_actions() -> bytes:
    """An action followed by another and again by itself."""
    pdf = Pdf()
    one, two = pdf.reserve(), pdf.reserve()
    pdf.bodies[one] = b"<</S/GoTo/D[0/Fit]/Next %d 0 R>>" % two
    pdf.bodies[two] = b"<</S/JavaScript/JS(app.alert(1))/Next[%d 0 R %d 0 R]>>" % (one, two)
    return pdf.file(b"/OpenAction %d 0 R" % one)


def external_picture() -> bytes:
    pdf = Pdf()
    picture = pdf.add(
        stream(
            b"",
            b"/Subtype/Image/Width 9/Height 9/BitsPerComponent 8/ColorSpace/DeviceGray/F(c:/scan.raw)",
        )
    )
    pdf.page(words() + b" q 9 0 0 9 0 0 cm /X Do Q", resources=b"/XObject<</X %d 0 R>>" % picture)
    return pdf.file()


def hidden_layer() -> bytes:
    pdf = Pdf()
    layer = pdf.add(b"<</Type/OCG/Name(draft)>>")
    return pdf.file(b"/OCProperties<</OCGs[%d 0 R]/D<</OFF[%d 0 R]>>>>" % (layer, layer))


def packed_with_script() -> bytes:
    return packed(Pdf(), b"/OpenAction<</S/JavaScript/JS(x)>>")


def _warned(name: str, what: str, code: str, make: Callable[[], bytes]) -> Odd:
    return Odd(name, what, Must.WARNED, make, code)


ODD: tuple[Odd, ...] = (
    Odd("plain.pdf", "an ordinary page: taken in without a word", Must.ACCEPTED, plain),
    Odd("pdf20.pdf", "PDF 2.0: taken in", Must.ACCEPTED, lambda: Pdf(b"2.0").file()),
    Odd(
        "packed.pdf", "object streams and a table as a stream: taken in", Must.ACCEPTED, lambda: packed(Pdf())
    ),
    Odd("linearised.pdf", "linearised: taken in, and not mistaken for an update", Must.ACCEPTED, linearised),
    Odd(
        "opens-on-page.pdf",
        "an OpenAction that only names the page to show: taken in without a word",
        Must.ACCEPTED,
        lambda: with_catalog(b"/OpenAction[%(page)d 0 R/Fit]", page=b"null"),
    ),
    Odd(
        "user-password.pdf",
        "asks for a password: refused",
        Must.REFUSED,
        lambda: locked("a", "b"),
        "encrypted",
    ),
    Odd(
        "unknown-lock.pdf", "an unknown kind of encryption: refused", Must.REFUSED, unknown_lock, "encrypted"
    ),
    _warned(
        "owner-password.pdf",
        "only the owner's password, AES: taken in",
        "owner_password",
        lambda: locked("", "b"),
    ),
    _warned(
        "owner-rc4.pdf",
        "only the owner's password, RC4: taken in",
        "owner_password",
        lambda: locked("", "b", "RC4-128"),
    ),
    _warned(
        "javascript.pdf",
        "a script that runs when the file is opened: told, never run",
        "javascript",
        lambda: with_catalog(b"/OpenAction<</S/JavaScript/JS(app.launchURL('http://x'))>>"),
    ),
    _warned(
        "named-script.pdf",
        "a script in the tree of names: told",
        "javascript",
        lambda: with_catalog(b"/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(1)>>]>>>>"),
    ),
    _warned(
        "packed-script.pdf", "a script hidden in an object stream: told", "javascript", packed_with_script
    ),
    _warned(
        "chained-script.pdf",
        "a script behind a harmless action, in a circle: told",
        "javascript",
        chained_actions,
    ),
    _warned(
        "spelled-script.pdf",
        "JavaScript spelled with hexadecimal escapes: told",
        "javascript",
        lambda: with_catalog(b"/OpenAction<</S/J#61vaScript/J#53(1)>>"),
    ),
    _warned(
        "field-script.pdf",
        "a script that calculates a field: told",
        "javascript",
        lambda: form(field=b"/AA<</C<</S/JavaScript/JS(1)>>>>"),
    ),
    _warned(
        "page-script.pdf",
        "a page that acts when it is shown: told",
        "automatic",
        lambda: with_page(b"/AA<</O<</S/JavaScript/JS(1)>>>>"),
    ),
    _warned(
        "prints-itself.pdf",
        "a document that acts when it is printed: told",
        "automatic",
        lambda: with_catalog(b"/AA<</WP<</S/URI/URI(http://x)>>>>"),
    ),
    _warned(
        "launch.pdf",
        "a link that starts a program: told, never done",
        "launch",
        lambda: with_link(b"/S/Launch/F(cmd.exe)"),
    ),
    _warned(
        "bookmark-launch.pdf",
        "a bookmark, followed by itself, that starts a program: told",
        "launch",
        outlines_with_action,
    ),
    _warned(
        "uri.pdf", "a link to the web: told", "links", lambda: with_link(b"/S/URI/URI(https://example.org)")
    ),
    _warned(
        "gotor.pdf",
        "a link into another file: told",
        "other_files",
        lambda: with_link(b"/S/GoToR/F(b.pdf)/D[0/Fit]"),
    ),
    _warned(
        "gotoe.pdf",
        "a link into an attached file: told",
        "other_files",
        lambda: with_link(b"/S/GoToE/T<</R/C/N(a)>>"),
    ),
    _warned(
        "submit.pdf",
        "sends its fields away: told",
        "submits",
        lambda: form(field=b"/A<</S/SubmitForm/F(http://x)>>"),
    ),
    _warned("import.pdf", "takes in data: told", "imports", lambda: with_link(b"/S/ImportData/F(a.fdf)")),
    _warned(
        "richmedia.pdf",
        "a film: told",
        "media",
        lambda: with_note(b"/Subtype/RichMedia/RichMediaContent<<>>"),
    ),
    _warned("sound.pdf", "a sound: told", "media", lambda: with_link(b"/S/Sound/Sound 99 0 R")),
    _warned("3d.pdf", "a 3D model: told", "media", lambda: with_note(b"/Subtype/3D/3DD 99 0 R")),
    _warned(
        "xfa.pdf",
        "an XFA form: told that the pages may be a part",
        "xfa",
        lambda: form(b"/XFA[(template)99 0 R]"),
    ),
    _warned("form.pdf", "form fields: told", "form", form),
    _warned(
        "redact.pdf",
        "passages marked for redaction, not removed: told",
        "redactions",
        lambda: with_note(b"/Subtype/Redact"),
    ),
    _warned("layers.pdf", "a layer that is switched off: told", "layers", hidden_layer),
    _warned("external.pdf", "a picture whose bytes lie in another file: told", "external", external_picture),
    _warned(
        "attachment.pdf",
        "EICAR attached: told, and unpacked for the scan",
        "attachment",
        lambda: attached((b"a.com", EICAR)),
    ),
    _warned(
        "attached-to-note.pdf",
        "a file attached to a note on the page: told",
        "attachment",
        attached_to_a_note,
    ),
    _warned("associated.pdf", "an electronic invoice with its XML: told", "attachment", associated),
    _warned(
        "nested.pdf",
        "a PDF in a PDF in a PDF: unpacked and told",
        "attachment",
        lambda: nested_attachments(1),
    ),
    _warned(
        "nested-deep.pdf",
        "six PDFs in one another: told that not all are unpacked",
        "nested",
        lambda: nested_attachments(5),
    ),
    _warned(
        "names-circle.pdf",
        "a tree of names in a circle and a form: it ends",
        "form",
        ever_deeper_names_and_form,
    ),
    _warned(
        "portfolio.pdf",
        "a portfolio: its cover is taken in, told that the files are not read",
        "portfolio",
        lambda: attached((b"a.pdf", plain()), catalog=b"/Collection<</View/D>>"),
    ),
    Odd(
        "many-attachments.pdf",
        "101 attached files: refused, to be taken apart",
        Must.REFUSED,
        lambda: attached(*[(b"%d.txt" % number, b"%d" % number) for number in range(101)]),
        "too_many_files",
    ),
    _warned("signed.pdf", "a digital signature: told, not checked", "signature", signed),
    _warned(
        "signed-changed.pdf",
        "changed after it was signed: told",
        "changed_after_signature",
        signed_then_changed,
    ),
    _warned("updated.pdf", "two later revisions: told", "updates", changed_twice),
)
