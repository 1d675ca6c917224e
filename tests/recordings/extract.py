#!/usr/bin/env python3
"""Writes the .facts files from recordings of the ancestor: extract.py FOLDER

FOLDER holds the recordings (traces/g106.requests.log ..., transcripts/transcript.txt). A fact is one request: its label
(spec 5.4), method, the shape of its path, its Depth, the conditions it depends on, and the elements of its body in order.
Bodies themselves are not kept; what differs from run to run is written ~. Scenes that nobody recorded are put together
after the spec, and each says so.
"""
import ast
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

PREFIXES = {
    "DAV:": "D",
    "urn:ietf:params:xml:ns:caldav": "C",
    "http://calendarserver.org/ns/": "CS",
    "http://apple.com/ns/ical/": "AI",
    "urn:ietf:params:xml:ns:carddav": "CARD",
    "http://me.com/_namespace/": "ME",
}
KEPT_TEXTS = {"AI:calendar-color", "AI:calendar-order", "D:sync-level"}


class Request:
    def __init__(self, method, path):
        self.method, self.path, self.headers, self.body, self.status = method, path, {}, "", 0

    def kind(self):
        """The local name of the body's root, and all local names in it."""
        if not self.body.lstrip().startswith("<"):
            return None, []
        root = ElementTree.fromstring(self.body.encode())
        return root.tag.split("}")[1], [element.tag.split("}")[1] for element in root.iter()]

    def attendees(self):
        text = self.body.replace("\r\n ", "").replace("\n ", "")
        return [line for line in text.splitlines() if line.startswith("ATTENDEE")]


def of_trace(file):
    """The requests of a .requests.log."""
    request = None
    for line in open(file):
        line = line.rstrip("\n")
        start = re.match(r"^\d+\.\d+ ([A-Z]+) (\S+)$", line)
        if start:
            request = Request(start[1], start[2])
        elif line.startswith("    H ") and request:
            name, value = line[6:].split(": ", 1)
            request.headers.setdefault(name.lower(), value)
        elif line.startswith("    B ") and request:
            request.body = ast.literal_eval(line[6:])
        elif line.startswith("  -> ") and request:
            request.status = int(line[5:])
            yield request
            # Two requests at once are mixed up in the log; the second has no head of its own.
            request = None


def of_transcript(file, section):
    """The requests of one section of transcript.txt."""
    text = open(file).read()
    text = text[text.rindex("\n# " + section) + 1 :]
    for exchange in re.split(r"\n======== exchange .*\n", text.split("\n# ")[0])[1:]:
        sent, _, answer = exchange.partition("\n<<< RESPONSE\n")
        head, _, body = sent.partition("\n\n")
        lines = head.split("\n")
        method, path, _ = lines[1].split(" ")
        request = Request(method, path)
        for line in lines[2:]:
            name, _, value = line.partition(": ")
            request.headers.setdefault(name.lower(), value)
        request.body = body.strip()
        request.status = int(answer.split(" ")[1])
        yield request


def size(count):
    return "small" if count <= 5 else "medium" if count <= 20 else "large" if count <= 75 else "huge"


def label(request):
    """The label of the ancestor's last state."""
    root, names = request.kind()
    method, path = request.method, request.path
    if method == "PROPFIND":
        if path.startswith("/.well-known") or path == "/principals/":
            what = "well-known"
        elif "current-user-principal" in names and "resourcetype" in names:
            what = "find-principal"
        elif "calendar-home-set" in names:
            what = "principal"
        elif "quota-used-bytes" in names:
            what = "home"
        elif path.endswith("/notification/"):
            what = "notification" if request.headers["depth"] == "0" else "notification-items"
        elif path.endswith("/inbox/") and request.probe:
            what = "inbox"
        else:
            what = "calendar"
    elif method == "PROPPATCH":
        what = "calendar"
    elif method == "REPORT" and root == "sync-collection":
        token = re.search(r"sync-token>([^<]*)<", request.body)[1]
        what = "sync-home" if "quota-used-bytes" in names else "sync-notif" if "notificationtype" in names else "sync-coll"
        what += "" if token or what == "sync-home" else "-init"
    elif method == "REPORT":
        what = {
            "principal-search-property-set": "pset",
            "expand-property": "expand",
            "principal-property-search": "psearch",
            "calendarserver-principal-search": "cpsearch",
            "calendar-multiget": "multiget-" + size(names.count("href")),
            "calendar-query": "vtodo" if "VTODO" in request.body else "vevent",
        }[root]
    elif method == "POST":
        what = "fb-small" if "VFREEBUSY" in request.body else "share-calendar"
    elif method == "PUT":
        count = len(request.attendees())
        if not count:
            what = "event"
        else:
            what = ("attendee-" if "if-schedule-tag-match" in request.headers else "organizer-") + size(count)
    else:
        what = "event"
    return "%s{%s}" % (method, what)


def shape(path):
    path = re.sub(r"^/(calendars|principals)/__uids__/[^/]+/", lambda m: "{home}" if m[1] == "calendars" else "{principal}", path)
    path = re.sub(r"^/principals/users/[^/]+/$", "{configured}", path)
    return re.sub(r"/[^/]+\.ics", "/~.ics", path)


def body(element):
    namespace, local = element.tag[1:].split("}")
    name = PREFIXES[namespace] + ":" + local
    out = name + "".join("[%s=%s]" % (key, "~" if re.match(r"\d{8}T", value) else value) for key, value in element.attrib.items())
    text = (element.text or "").strip()
    if len(element):
        return out + "(" + " ".join(body(child) for child in element) + ")"
    if local == "calendar-timezone":
        lines = " ".join(line for line in text.splitlines() if re.match("PRODID|TZID", line))
        return out + ("=" + lines if lines else "")
    if text and name in KEPT_TEXTS:
        return out + "=" + text
    return out + ("=~" if text or local == "sync-token" else "")


def fact(request):
    headers = request.headers
    conditions = [name for name in ("if-match", "if-schedule-tag-match", "if-none-match") if name in headers]
    kind = headers.get("content-type", "-")
    says = body(ElementTree.fromstring(request.body.encode())) if kind == "text/xml" else kind
    # How many there are shows in the label.
    says = re.sub(r"( D:href=~)+", " D:href=~", says)
    return " ".join([label(request), request.method, shape(request.path), headers.get("depth", "-"), "+".join(conditions) or "-", says])


def scenes(requests):
    """Cuts a recording into scenes. The ancestor's clients did several things at once, so what belongs together is
    sought, and not what stands together."""
    first_put = next(index for index, request in enumerate(requests) if request.method == "PUT")
    # Polls that a push or a timer brought before the first PUT belong to no start.
    yield "startup", requests[:first_put]
    after = requests[first_put:]
    yield "create", [next(request for request in after if request.method == "PUT" and not request.attendees())]
    for scene, condition in (("invite existing", True), ("invite new", False)):
        puts = [request for request in after if request.method == "PUT" and request.attendees()]
        put = next((request for request in puts if ("if-match" in request.headers) == condition), None)
        if not put:
            continue
        uid = re.search(r"UID:(\S+)", put.body)[1]
        asked = [request for request in after if request.method == "POST" and "MASK-UID:" + uid in request.body]
        search = next((request for request in after if request.method == "REPORT" and "search" in (request.kind()[0] or "")), None)
        found = [part for one in asked for part in (search, one)] + [put]
        rest = after[after.index(put) + 1 :]
        found += [request for request in rest if request.method == "GET" and request.path == put.path][:1]
        yield scene, found


def polls(requests):
    """The polls of a recording: a look at the home, and the collections that were asked after it."""
    first_put = next((index for index, request in enumerate(requests) if request.method == "PUT"), 0)
    looks = [index for index, request in enumerate(requests) if index > first_put and "quota-used-bytes" in request.kind()[1]]
    for index in looks:
        poll = [requests[index]]
        for request in requests[index + 1 :]:
            collection = request.method in ("PROPFIND", "REPORT") and re.match(r"\{home\}[^/]+/$", shape(request.path))
            if not collection or "VEVENT" in request.body and "RECURRENCE-ID" in request.body:
                break
            poll.append(request)
        yield poll


def idle_poll(folder, trace):
    """A poll that found nothing. Its end is not in the log of requests; what the ancestor printed shows it."""
    lines = [line.split() for line in open(os.path.join(folder, "traces", trace + ".out"))]
    alone = any(
        {"push", "BEGIN"} <= set(one) and "PROPFIND{home}" in two and {"push", "END"} <= set(three)
        for one, two, three in zip(lines, lines[1:], lines[2:])
    )
    if not alone:
        raise SystemExit(trace + " has no idle poll")
    return min(polls(traced(folder, trace)), key=len)[:1]


def mark_probes(requests):
    """A PROPFIND of the inbox is a probe where calendars are listed in another way. Challenges are left out."""
    requests = [request for request in requests if request.status != 401]
    synced = any("sync-level" in request.kind()[1] for request in requests)
    for request in requests:
        request.probe = synced
    return requests


def traced(folder, trace):
    return mark_probes(of_trace(os.path.join(folder, "traces", trace + ".requests.log")))


def talked(folder, section):
    return mark_probes(of_transcript(os.path.join(folder, "transcripts", "transcript.txt"), section))


def until(requests, name):
    """The requests up to the last one with this label."""
    return requests[: max(index for index, request in enumerate(requests) if label(request) == name) + 1]


def write(name, source, parts):
    """A part is (scene, where it is from if not from `source`, its facts)."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".facts"), "w") as out:
        out.write("# %s: %s, as recorded. Made by extract.py.\n" % (name, source))
        for scene, other, facts in parts:
            out.write("\n== %s\n" % scene)
            out.write("# %s\n" % other if other else "")
            out.writelines(one + "\n" for one in facts)


def facts(requests):
    return [fact(request) for request in requests]


MULTIGET = "C:calendar-multiget(D:prop(D:getetag C:calendar-data C:schedule-tag) D:href=~)"


def invitation_of_spec(parts):
    """What nobody recorded with the models of 2013: the poll that finds an invitation, and its acceptance.

    Made of the model's own recorded requests as far as there are such."""
    known = {scene: facts for scene, _, facts in parts}
    home, *changed = known["poll changed"]
    calendar = next(one for one in changed if " {home}calendar/ " in one)
    inbox = next(one for one in known["startup"] if " {home}inbox/ " in one).replace("-init}", "}")
    download = "REPORT{multiget-small} REPORT {home}%s/ - - " + MULTIGET
    found = [home, calendar, download % "calendar", inbox, download % "inbox"]
    yield "invited", "From the spec (5.4, 5.5 and 5.6), not from a recording: no recording with this model has it.", found
    accepted = [
        "PUT{attendee-small} PUT {home}calendar/~.ics - if-schedule-tag-match text/calendar",
        "GET{event} GET {home}calendar/~.ics - - -",
        "DELETE{event} DELETE {home}inbox/~.ics - - -",
    ]
    yield "accept", "From the spec (5.7 and 6.1), not from a recording: no recording with this model has it.", accepted


def of_2013(folder, name, trace):
    requests = traced(folder, trace)
    parts = [(scene, "", facts(found)) for scene, found in scenes(requests)]
    parts.append(("poll changed", "", facts(max(polls(requests), key=len))))
    section = "E. " + name
    filled = "From the transcript of a later state of the ancestor with a real server, where the calendars were not empty."
    if name == "OS_X_10_6":
        talk = talked(folder, section)
        start = until(talk, "REPORT{expand}")
        parts.append(("startup filled", filled, facts(start)))
        idle = max(index for index, request in enumerate(talk) if label(request) == "PROPFIND{home}")
        source = "From the transcript of a later state of the ancestor with a real server."
        parts.append(("poll idle", source, facts(talk[idle:])))
    elif name == "OS_X_10_7":
        parts.append(("poll idle", "From g107push.", facts(idle_poll(folder, "g107push"))))
    else:
        parts.append(("startup filled", filled, facts(talked(folder, section))))
        source = "From the spec (5.5), not from a recording: in the only recording of polls each finds a change."
        parts.append(("poll idle", source, parts[-2][2][:1]))
    write(name, trace, parts + list(invitation_of_spec(parts)))


def of_10_11(folder):
    trace, name = "g1011push", "OS_X_10_11"
    parts = [(scene, "", facts(found)) for scene, found in scenes(traced(folder, trace))]
    quiet = talked(folder, "A. One OS_X_10_11 client")
    source = "From the transcript with a real server."
    idle = max(index for index, request in enumerate(quiet) if label(request) == "REPORT{sync-home}")
    parts.append(("poll idle", source, facts(quiet[idle:])))
    talk = talked(folder, "C. Invitation and acceptance")
    # The organizer looks again after its own PUT; then the invitee finds the invitation and accepts it.
    get = next(index for index, request in enumerate(talk) if request.method == "GET")
    put = next(index for index, request in enumerate(talk) if "if-schedule-tag-match" in request.headers)
    home = max(index for index in range(put) if "quota-used-bytes" in talk[index].kind()[1])
    parts.append(("poll changed", source, facts(talk[get + 1 : home])))
    parts.append(("invited", source, facts(talk[home:put])))
    parts.append(("accept", source, facts(talk[put : put + 3])))
    write(name, trace, parts)


def main(folder):
    for name, trace in (("OS_X_10_6", "g106"), ("OS_X_10_7", "g107"), ("iOS_5", "gios5")):
        of_2013(folder, name, trace)
    of_10_11(folder)


if __name__ == "__main__":
    main(sys.argv[1])
