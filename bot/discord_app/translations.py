"""Descriptions of the commands in other languages; a missing one stays English."""

from collections.abc import Mapping

import discord
from discord import app_commands

GERMAN: Mapping[str, str] = {
    "Teach Myna something; a moderator reviews it": (
        "Bring Myna etwas bei; die Moderation prüft es"
    ),
    "Teach an answer to a question": "Bring eine Antwort auf eine Frage bei",
    "What people will ask": "Was gefragt wird",
    "What Myna should say": "Was Myna sagen soll",
    "Teach a fact": "Bring eine Tatsache bei",
    "The fact, in a sentence": "Die Tatsache, in einem Satz",
    "Teach a rule of tone or behaviour": "Bring eine Regel für Ton und Verhalten bei",
    "The rule, such as: answer in one sentence": (
        "Die Regel, zum Beispiel: antworte in einem Satz"
    ),
    "Teach a rule by a few examples, in a form": (
        "Bring eine Regel mit Beispielen bei, im Formular"
    ),
    "Teach how a conversation should go": "Bring bei, wie ein Gespräch verlaufen soll",
    "Say what an approved lesson should say": (
        "Sagt, wie eine freigegebene Lektion lauten soll"
    ),
    "Teach something longer, in a form": "Bring etwas Längeres bei, im Formular",
    "Teach a document, or a file of lessons": (
        "Bring ein Dokument oder eine Datei mit Lektionen bei"
    ),
    "A document of any kind; CSV or JSON lines of lessons": (
        "Ein Dokument jeder Art; CSV oder JSON-Zeilen mit Lektionen"
    ),
    "List the files and pages that were read": (
        "Zeigt die Dateien und Seiten, die gelesen wurden"
    ),
    "Guard answers that training may not change": (
        "Schützt Antworten, die das Training nicht ändern darf"
    ),
    "The answer that it has to keep": "Die Antwort, die bleiben muss",
    "Guard an answer that is to stay as it is": (
        "Schützt eine Antwort, die bleiben soll, wie sie ist"
    ),
    "What people ask": "Was gefragt wird",
    "List the guarded answers": "Zeigt die geschützten Antworten",
    "Guard an answer no longer": "Schützt eine Antwort nicht mehr",
    "The canary's number": "Die Nummer der geschützten Antwort",
    "Show a document with its passages": "Zeigt ein Dokument mit seinen Abschnitten",
    "The document's number": "Die Nummer des Dokuments",
    "Or a document's number: all of its passages": (
        "Oder die Nummer eines Dokuments: alle Abschnitte"
    ),
    "Ask, look things up, review and run Myna": (
        "Fragen, nachschlagen, prüfen und Myna steuern"
    ),
    "What is stored about you, and your choices": (
        "Was über dich gespeichert ist, und was du entscheiden kannst"
    ),
    "Ask Myna; only you see the answer": "Frag Myna; nur du siehst die Antwort",
    "What you want to know": "Was du wissen willst",
    "Teach what a page of the web says": "Bring bei, was eine Seite im Netz sagt",
    "The page's address": "Die Adresse der Seite",
    "Teach a tool: something to call, in a form": (
        "Bring ein Werkzeug bei, das Myna aufruft, im Formular"
    ),
    "Teach the tools of an MCP server": "Bring die Werkzeuge eines MCP-Servers bei",
    "The server's address": "Die Adresse des Servers",
    "Keys that tools send to one host": "Schlüssel, die Werkzeuge an einen Host senden",
    "Store a secret; a form asks for its value": (
        "Speichert ein Geheimnis; ein Formular fragt nach dem Wert"
    ),
    "What tools call it, such as STATUS_KEY": (
        "Wie Werkzeuge es nennen, zum Beispiel STATUS_KEY"
    ),
    "The one host it may be sent to": "Der eine Host, an den es gehen darf",
    "List the secrets and their hosts, never values": (
        "Zeigt die Geheimnisse und ihre Hosts, nie die Werte"
    ),
    "Delete a secret": "Löscht ein Geheimnis",
    "Teach the pinned messages of this channel": (
        "Bring die angepinnten Nachrichten dieses Kanals bei"
    ),
    "Search the web, and pick pages to read": (
        "Durchsucht das Netz; du wählst, was gelesen wird"
    ),
    "What to search for": "Wonach gesucht wird",
    "Read a page again by itself; or list them": (
        "Liest eine Seite immer wieder; oder zeigt, welche"
    ),
    "The page's address; left out, all watched pages are listed": (
        "Die Adresse der Seite; ohne sie werden alle gezeigt"
    ),
    "How often to read it, or stop": "Wie oft sie gelesen wird, oder stop",
    "Say where your last answer came from": ("Sagt, woher deine letzte Antwort stammt"),
    "List what was taught, or search it": "Zeigt oder durchsucht das Gelernte",
    "Words that the lessons contain": "Wörter aus den Lektionen",
    "Say who taught a lesson and what it changed": (
        "Sagt, von wem eine Lektion ist und was sie änderte"
    ),
    "The lesson's number": "Die Nummer der Lektion",
    "Delete a lesson, from memory and weights": (
        "Löscht eine Lektion, aus Gedächtnis und Gewichten"
    ),
    "Show how this server stands": "Zeigt, wie es um diesen Server steht",
    "List what happened here": "Zeigt, was hier geschah",
    "Go back to an earlier adapter": "Kehrt zu einem früheren Adapter zurück",
    "The one before, if left out": "Ohne Angabe der vorige",
    "Train on what was approved": "Trainiert, was freigegeben ist",
    "Start over from the skills adapter": "Beginnt neu mit dem Skills-Adapter",
    "Show the lessons that wait for review": (
        "Zeigt die Lektionen, die auf Prüfung warten"
    ),
    "Approve lessons: 1 2 5-8, all, or document 3": (
        "Gibt Lektionen frei: 1 2 5-8, all, oder document 3"
    ),
    "Their numbers, or all, or document 3 1-4": (
        "Ihre Nummern, oder all, oder document 3 1-4"
    ),
    "Answer from memory, never train on them": (
        "Aus dem Gedächtnis antworten, nie damit trainieren"
    ),
    "Reject lessons: 1 2 5-8, or document 3": (
        "Lehnt Lektionen ab: 1 2 5-8, oder document 3"
    ),
    "Their numbers, or document 3 1-4": "Ihre Nummern, oder document 3 1-4",
    "The author is told the reason": "Der Grund, den die Lehrenden erfahren",
    "Change a waiting lesson's words in a form": (
        "Ändert eine wartende Lektion im Formular"
    ),
    "Let the whole server know a lesson": "Gibt eine Lektion dem ganzen Server",
    "A waiting lesson of one channel": "Eine wartende Lektion eines Kanals",
    "Get all lessons as a file": "Liefert alle Lektionen als Datei",
    "Let Myna learn here, reviewed in a channel": (
        "Lässt Myna hier lernen, geprüft in einem Kanal"
    ),
    "Where waiting lessons are shown": "Wo wartende Lektionen gezeigt werden",
    "Show the settings, or change one": "Zeigt die Einstellungen oder ändert eine",
    "Which setting": "Welche Einstellung",
    "What it should be": "Was sie sein soll",
    "List the commands": "Zeigt die Befehle",
    "Say what is stored about you": "Sagt, was über dich gespeichert ist",
    "Get all that is stored about you": "Liefert alles, was über dich gespeichert ist",
    "Erase all that is stored about you": "Löscht alles, was über dich gespeichert ist",
    "Keep Myna from learning from you": "Myna lernt nicht mehr von dir",
    "Let Myna learn from you again": "Myna darf wieder von dir lernen",
    "Teach this": "Myna beibringen",
}

CATALOGUES: Mapping[discord.Locale, Mapping[str, str]] = {discord.Locale.german: GERMAN}


class MynaTranslator(app_commands.Translator):
    """Looks a text up in its language's catalogue."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        _: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return the translation, or None for English."""
        return CATALOGUES.get(locale, {}).get(string.message)
