"""Which moment a feed's date means, and how far it is believed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.analyse import date_words
from tracker.analyse.dates import read_date

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type] # year, month, day, ...


STATED = [
    ("Mon, 23 Nov 2026 10:00:00 GMT", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 2026 10:00:00 +0000", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 2026 10:00:00 -0500", at(2026, 11, 23, 15)),
    ("Mon, 23 Nov 2026 10:00:00 +1400", at(2026, 11, 22, 20)),
    ("Mon, 23 Nov 2026 10:00 GMT", at(2026, 11, 23, 10)),
    ("Mon,23 Nov 2026 10:00:00 Z", at(2026, 11, 23, 10)),
    ("23 Nov 2026 10:00:00 UT", at(2026, 11, 23, 10)),
    ("Monday, 23 November 2026 10:00:00 UTC", at(2026, 11, 23, 10)),
    ("Mon, 7 Sept. 2026 10:00:00 GMT", at(2026, 9, 7, 10)),
    ("MON, 23 NOV 2026 10:00:00 GMT", at(2026, 11, 23, 10)),
    ("Mon., 23 Nov. 2026 10:00:00 GMT", at(2026, 11, 23, 10)),
    ("Monday, 23-Nov-2026 10:00:00 GMT", at(2026, 11, 23, 10)),
    ("Wed, 01 Jul 2026 10:00:00 BST", at(2026, 7, 1, 9)),
    ("Wed, 01 Jul 2026 10:00:00 CEST", at(2026, 7, 1, 8)),
    ("Wed, 01 Jul 2026 10:00:00 EDT", at(2026, 7, 1, 14)),
    ("Thu, 15 Jan 2026 10:00:00 CET", at(2026, 1, 15, 9)),
    ("Thu, 15 Jan 2026 10:00:00 EET", at(2026, 1, 15, 8)),
    ("Thu, 15 Jan 2026 10:00:00 EST", at(2026, 1, 15, 15)),
    ("Thu, 15 Jan 2026 10:00:00 PST", at(2026, 1, 15, 18)),
    ("Thu, 15 Jan 2026 10:00:00 AEDT", at(2026, 1, 14, 23)),
    ("Thu, 15 Jan 2026 10:00:00 ACST", at(2026, 1, 15, 0, 30)),
    ("Tue, 03 Mar 2026 10:00 America/New_York", at(2026, 3, 3, 15)),
    ("Wed, 01 Jul 2026 10:00:00 america/new_york", at(2026, 7, 1, 14)),
    ("Wed, 01 Jul 2026 10:00:00 Europe/London", at(2026, 7, 1, 9)),
    ("Wed, 01 Jul 2026 10:00:00 America/Argentina/Buenos_Aires", at(2026, 7, 1, 13)),
    ("Wed, 01 Jul 2026 10:00:00 America/Port-au-Prince", at(2026, 7, 1, 14)),
    ("Wed, 01 Jul 2026 10:00:00 EST5EDT", at(2026, 7, 1, 14)),
    ("Wed, 01 Jul 2026 10:00:00 Etc/GMT+5", at(2026, 7, 1, 15)),
    ("Wed, 01 Jul 2026 10:00:00 +0200 Europe/Paris", at(2026, 7, 1, 8)),
    ("2026-07-01 10:00:00 Australia/Sydney", at(2026, 7, 1)),
    ("2026-07-01T10:00:00[Europe/Paris]", at(2026, 7, 1, 8)),
    ("Wed, 01 Jul 2026 10:00:00 ET", at(2026, 7, 1, 14)),
    ("Wed, 01 Jul 2026 10:00 AM Eastern Time", at(2026, 7, 1, 14)),
    ("Wed, 01 Jul 2026 10:00:00 Pacific Daylight Time", at(2026, 7, 1, 17)),
    ("Wed, 01 Jul 2026 10:00:00:123 GMT", at(2026, 7, 1, 10)),
    ("Wed, 01 Jul 2026 10:00:00 +0530 IST", at(2026, 7, 1, 4, 30)),
    ("Thu, 15 Jan 2026 10:00:00 PT", at(2026, 1, 15, 18)),
    ("Thu, 15 Jan 2026 10:00:00 AEST", at(2026, 1, 15)),
    ("Thu, 15 Jan 2026 10:00:00 EAT", at(2026, 1, 15, 7)),
    ("Thu, 28 Jul 2022 4:35:5 GMT+9", at(2022, 7, 27, 19, 35, 5)),
    ("Mon, 23 Nov 2026 10:00:00 GMT+0100", at(2026, 11, 23, 9)),
    ("Mon, 23 Nov 2026 10:00:00 UTC+2", at(2026, 11, 23, 8)),
    ("Mon, 23 Nov 2026 10:00:00 UTC-05:30", at(2026, 11, 23, 15, 30)),
    ("Mon, 23 Nov 2026 10:00:00 +0100 CET", at(2026, 11, 23, 9)),
    ("2026-11-23 10:00:00 +0000 UTC", at(2026, 11, 23, 10)),
    ("Mon, 21 Jan 2008 8:56 pm PST", at(2008, 1, 22, 4, 56)),
    ("Mon, 21 Jan 2008 8:56 p.m. GMT", at(2008, 1, 21, 20, 56)),
    ("Mon, 23 Nov 2026 10:00:00 +0000 (Coordinated Universal Time)", at(2026, 11, 23, 10)),
    ("Mon (a day), 23 Nov 2026 10:00:00 GMT (so (they) say)", at(2026, 11, 23, 10)),
    ("  Mon,  23 Nov\n2026 10:00:00   GMT ", at(2026, 11, 23, 10)),
    ("Mon,\xa023\xa0Nov\xa02026 10:00:00\u202fGMT", at(2026, 11, 23, 10)),
    ("Tue, 29 Feb 2028 10:00:00 GMT".replace("2028", "2000"), at(2000, 2, 29, 10)),
    ("2026-11-23T10:00:00Z", at(2026, 11, 23, 10)),
    ("2026-11-23t10:00:00z", at(2026, 11, 23, 10)),
    ("2026-11-23T10:00Z", at(2026, 11, 23, 10)),
    ("2026-11-23T10:00:00.999Z", at(2026, 11, 23, 10)),
    ("2026-11-23T10:00:00,5Z", at(2026, 11, 23, 10)),
    ("2026-11-23T10:00:00.123456789+01:00", at(2026, 11, 23, 9)),
    ("2026-11-23T10:00:00+14:00", at(2026, 11, 22, 20)),
    ("2026-11-23T10:00:00-00:00", at(2026, 11, 23, 10)),
    ("2026-11-23T10:00:00\u221205:00", at(2026, 11, 23, 15)),
    ("2026-11-23T10:00:00+0530", at(2026, 11, 23, 4, 30)),
    ("2026-11-23T10:00+01", at(2026, 11, 23, 9)),
    ("2026-11-23T10:00:00+01:00[Europe/Paris]", at(2026, 11, 23, 9)),
    ("2026-11-23T10:00:00Z[Europe/Paris]", at(2026, 11, 23, 10)),
    ("2026-W48-1T10:00:00Z", at(2026, 11, 23, 10)),
    ("2026-11-23 10:00:00 +0100", at(2026, 11, 23, 9)),
    ("2026-11-23 10:00:00Z", at(2026, 11, 23, 10)),
    ("2026-11-23T10:00:00 GMT", at(2026, 11, 23, 10)),
    ("２０２６-１１-２３T１０：００：００Z", at(2026, 11, 23, 10)),
    ("2016-12-31T23:59:60Z", at(2017, 1, 1)),
    ("Mon, 23, Nov 2026 10:00:00 GMT", at(2026, 11, 23, 10)),
    ("2026-11-23T10:00:00.Z", at(2026, 11, 23, 10)),
    ('"2026-11-23T10:00:00Z";', at(2026, 11, 23, 10)),
]

# What is missing or wrong in a standard notation.
INCOMPLETE = [
    ("Mon, 23 Nov 2026 10:00:00", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 2026", at(2026, 11, 23)),
    ("Tue, 23 Nov 2026 10:00:00 GMT", at(2026, 11, 23, 10)),
    ("Tue, 23 Nov 2026 10:00 GMT", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 26 10:00:00 GMT", at(2026, 11, 23, 10)),
    ("Sun, 06 Nov 94 08:49:37 GMT", at(1994, 11, 6, 8, 49, 37)),
    ("Sunday, 06-Nov-94 08:49:37 GMT", at(1994, 11, 6, 8, 49, 37)),
    ("Mon, 23 Nov 2026 10:00:00 XYZ", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 2026 10:00:00 A", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 2026 10:00:00 +9999", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 2026 10:00:00 +0160", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 2026 10:00:00 +0000 BST", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 2026 10:00:00 IST", at(2026, 11, 23, 4, 30)),
    ("Sun, 25 Oct 2026 01:30:00 Europe/London", at(2026, 10, 25, 0, 30)),
    ("Sun, 29 Mar 2026 01:30:00 Europe/London", at(2026, 3, 29, 0, 30)),
    ("Mon, 23 Nov 2026 10:00:00 +0000 Europe/Paris", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 2026 10:00:00 Europe/Nowhere", at(2026, 11, 23, 10)),
    ("2026-11-23T10:00:00", at(2026, 11, 23, 10)),
    ("2026-11-23T10:00:00+01:0", at(2026, 11, 23, 9)),
    ("2026-11-23T10:00:00.5", at(2026, 11, 23, 10)),
    ("2026-11-23 10:00", at(2026, 11, 23, 10)),
    ("2026-11-23", at(2026, 11, 23)),
    ("2026-11-22T24:00:00Z", at(2026, 11, 23)),
    ("Sun, 22 Nov 2026 24:00:00 GMT", at(2026, 11, 23)),
    ("2026-11-25T11:00:00", at(2026, 11, 25, 11)),
    ("Date: Mon, 23 Nov 2026 10:00:00 GMT", at(2026, 11, 23, 10)),
    ("Last updated: 2026-11-23T10:00:00Z", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 2026 GMT", at(2026, 11, 23)),
    ("Mon, 23 Nov 2026 10:00:00 0000", at(2026, 11, 23, 10)),
    ("Mon, 23 Nov 2026 10:00:00 0530", at(2026, 11, 23, 4, 30)),
    ("2026-11-23T10:00:00 01:00", at(2026, 11, 23, 9)),
]

# Other notations, in English or in numbers.
UNUSUAL = [
    ("2026-W48-1", at(2026, 11, 23)),
    ("2026-327", at(2026, 11, 23)),
    ("\u200e23\u200e.\u200e11\u200e.\u200e2026\u200e 10:00", at(2026, 11, 23, 10)),
    ("\ufeff2026-11-23", at(2026, 11, 23)),
    ("1st May 2024", at(2024, 5, 1)),
    ("2nd of May, 2024", at(2024, 5, 2)),
    ("the 3rd of May 2024 at 15:04", at(2024, 5, 3, 15, 4)),
    ("Published: 23 November 2026", at(2026, 11, 23)),
    ("Published 23 November 2026", at(2026, 11, 23)),
    ("Posted on Monday 23rd November 2026, 3.04pm", at(2026, 11, 23, 15, 4)),
    ("January 5, 2024 3:04 pm EST", at(2024, 1, 5, 20, 4)),
    ("January 5, 2024 12:04 AM UTC", at(2024, 1, 5, 0, 4)),
    ("Jan. 5, 2024, 12:04 p.m. ET", at(2024, 1, 5, 17, 4)),
    ("Sept. 5th, 2024", at(2024, 9, 5)),
    ("Friday, January 5, 2024 - 15:04", at(2024, 1, 5, 15, 4)),
    ("Sat, Dec 16 2023 02:02:33 PM", at(2023, 12, 16, 14, 2, 33)),
    ("Mon Jan  5 15:04:05 2026", at(2026, 1, 5, 15, 4, 5)),
    ("Mon Jan 5 15:04:05 EST 2026", at(2026, 1, 5, 20, 4, 5)),
    ("Mon Jan 5 15:04:05 +0100 2026", at(2026, 1, 5, 14, 4, 5)),
    ("Mon Nov 23 2026 10:00:00 GMT+0100 (Central European Standard Time)", at(2026, 11, 23, 9)),
    ("10:00, 23 November 2026", at(2026, 11, 23, 10)),
    ("3:04 PM GMT, Nov 5, 2026", at(2026, 11, 5, 15, 4)),
    ("15:04 13/07/2025", at(2025, 7, 13, 15, 4)),
    ("2026 Nov 23 10:00", at(2026, 11, 23, 10)),
    ("2026-Nov-23", at(2026, 11, 23)),
    ("2025-07-13 13:00 PM", at(2025, 7, 13, 13)),
    ("23-Nov-2026 10:00", at(2026, 11, 23, 10)),
    ("23/Nov/2026 10:00:00 +0100", at(2026, 11, 23, 9)),
    ("2016/6/29 15:07:41", at(2016, 6, 29, 15, 7, 41)),
    ("2016/06/29 15:07:41 +0200", at(2016, 6, 29, 13, 7, 41)),
    ("2026.11.23 10:00", at(2026, 11, 23, 10)),
    ("23.11.2026", at(2026, 11, 23)),
    ("08.07.2025 10:00", at(2025, 7, 8, 10)),
    ("13/07/2025", at(2025, 7, 13)),
    ("7/13/2025 3:04 PM", at(2025, 7, 13, 15, 4)),
    ("8/25/2025 10:00:00 AM", at(2025, 8, 25, 10)),
    ("13-07-2025 10:00:00 +0200", at(2025, 7, 13, 8)),
    ("07/07/2025", at(2025, 7, 7)),
    ("20240115", at(2024, 1, 15)),
    ("20240115T103000Z", at(2024, 1, 15, 10, 30)),
    ("202401151030", at(2024, 1, 15, 10, 30)),
    ("1751995800", at(2025, 7, 8, 17, 30)),
    ("1751995800123", at(2025, 7, 8, 17, 30)),
    ("1751995800.5", at(2025, 7, 8, 17, 30)),
    ("1751995800123456", at(2025, 7, 8, 17, 30)),
    ("/Date(1751995800123)/", at(2025, 7, 8, 17, 30)),
    (r"\/Date(1751995800123+0200)\/", at(2025, 7, 8, 17, 30)),
    ("Mon 16 Nov 10:00:00 CET 2026", at(2026, 11, 16, 9)),
    ("Mon, 16 Nov 2569 10:00:00 +0700", at(2026, 11, 16, 3)),
    ("2569-11-16T10:00:00+07:00", at(2026, 11, 16, 3)),
]

# Other languages: RFC 822 with their words, and what they write for people.
FOREIGN = [
    ("2026-11-23 下午 5:17", at(2026, 11, 23, 17, 17)),
    ("2026年11月23日 上午12:17", at(2026, 11, 23, 0, 17)),
    ("2026年11月23日17時17分05秒", at(2026, 11, 23, 17, 17, 5)),
    ("2026년 11월 23일 오후 5시 17분", at(2026, 11, 23, 17, 17)),
    ("lun, 23 noi 2026 10:00:00 +0200", at(2026, 11, 23, 8)),
    ("2026. november 23.", at(2026, 11, 23)),
    ("2026. 11. 23. 17:17", at(2026, 11, 23, 17, 17)),
    ("23. marca 2026", at(2026, 3, 23)),
    ("23. avgust 2026", at(2026, 8, 23)),
    ("23 ноември 2026", at(2026, 11, 23)),
    ("Mo, 23 Nov 2026 10:00:00 +0100", at(2026, 11, 23, 9)),
    ("So, 01 Mär 2026 10:00:00 +0100", at(2026, 3, 1, 9)),
    ("Di, 01 Dez 2015 10:00:00 MEZ", at(2015, 12, 1, 9)),
    ("Mi., 01. Juli 2026 10:00:00 MESZ", at(2026, 7, 1, 8)),
    ("Montag, den 23. November 2026, 10:00 Uhr", at(2026, 11, 23, 10)),
    ("Montag, 5. Oktober 2026 um 10.30 Uhr", at(2026, 10, 5, 10, 30)),
    ("7. Jänner 2026", at(2026, 1, 7)),
    ("1. Maerz 2026", at(2026, 3, 1)),
    ("lun., 23 nov. 2026 10:00:00 +0100", at(2026, 11, 23, 9)),
    ("mer, 16 nov 2022 00:38:15 +0100", at(2022, 11, 15, 23, 38, 15)),
    ("lundi 23 novembre 2026 10:00", at(2026, 11, 23, 10)),
    ("Publié le 1er février 2026 à 10h30", at(2026, 2, 1, 10, 30)),
    ("Publié le : 14 juill. 2026", at(2026, 7, 14)),
    ("le mardi 4 aout 2026 à 9 h 05", at(2026, 8, 4, 9, 5)),
    ("23 août 2026", at(2026, 8, 23)),
    ("23 ao\u0075\u0302t 2026", at(2026, 8, 23)),
    ("25 DÉC. 2025", at(2025, 12, 25)),
    ("lun, 05 ene 2026 10:00:00 +0100", at(2026, 1, 5, 9)),
    ("sáb., 1 ago. 2026 10:00:00 +0200", at(2026, 8, 1, 8)),
    ("5 de enero de 2024", at(2024, 1, 5)),
    ("miércoles, 7 de setiembre del 2022 a las 10:00", at(2022, 9, 7, 10)),
    ("el 12 de diciembre de 2025, 10:00 h", at(2025, 12, 12, 10)),
    ("ma, 03 mrt 2026 10:00:00 +0100", at(2026, 3, 3, 9)),
    ("zo 25 okt. 2026 10:00", at(2026, 10, 25, 10)),
    ("maandag 4 mei 2026 om 10:00 uur", at(2026, 5, 4, 10)),
    ("vrijdag 28 augustus 2026", at(2026, 8, 28)),
    ("tors, 01 okt 2026 10:00:00 +0200", at(2026, 10, 1, 8)),
    ("mån 4 maj 2026 kl. 10.00", at(2026, 5, 4, 10)),
    ("lördagen den 15 augusti 2026", at(2026, 8, 15)),
    ("fre. 6 mars 2026 kl 10:00", at(2026, 3, 6, 10)),
    ("gio, 01 gen 2026 10:00:00 +0100", at(2026, 1, 1, 9)),
    ("lunedì 1° giugno 2026 alle ore 10:00", at(2026, 6, 1, 10)),
    ("25 luglio 2026, ore 10:00", at(2026, 7, 25, 10)),
    ("ven 11 sett 2026 - 10:00", at(2026, 9, 11, 10)),
    ("16 mag. 2026", at(2026, 5, 16)),
    ("3 ottobre 2026", at(2026, 10, 3)),
    ("pon., 05 sty 2026 10:00:00 +0100", at(2026, 1, 5, 9)),
    ("śr., 15 kwi 2026 10:00:00 +0200", at(2026, 4, 15, 8)),
    ("środa, 1 lipca 2026 r., godz. 10:00", at(2026, 7, 1, 10)),
    ("2 września 2026 r.", at(2026, 9, 2)),
    ("11 pazdziernika 2026 roku", at(2026, 10, 11)),
    ("1 maja 2026 10:00", at(2026, 5, 1, 10)),
    ("24 grudzień 2025", at(2025, 12, 24)),
    ("pt., 6 lut 2026", at(2026, 2, 6)),
    ("31 sierpnia 2026", at(2026, 8, 31)),
    ("Seg, 24 Set 2018 19:42:40 -0300", at(2018, 9, 24, 22, 42, 40)),
    ("segunda-feira, 2 de fevereiro de 2026 às 10h30", at(2026, 2, 2, 10, 30)),
    ("1º de março de 2026", at(2026, 3, 1)),
    ("qua., 10 out. 2018 10h", at(2018, 10, 10, 10)),
    ("30 de junho de 2026 - 10h00", at(2026, 6, 30, 10)),
    ("ter, 02 dez 2025 10:00:00 BRT", at(2025, 12, 2, 13)),
    ("man, 05 jan 2026 10:00:00 +0100", at(2026, 1, 5, 9)),
    ("lørdag den 14. marts 2026 kl. 10.00", at(2026, 3, 14, 10)),
    ("søn. 3. maj 2026 klokken 10:00", at(2026, 5, 3, 10)),
    ("d. 2. december 2025", at(2025, 12, 2)),
    ("ons, 14 okt 2026 10:00:00 +0200", at(2026, 10, 14, 8)),
    ("Τρι, 29 Ιούν 2004 12:53:00 GMT", at(2004, 6, 29, 12, 53)),
    ("Вс, 22 ноя 2026 10:00:00 +0300", at(2026, 11, 22, 7)),
    ("22 ноября 2026 г. 10:00", at(2026, 11, 22, 10)),
    ("22 листопада 2026, 10:00", at(2026, 11, 22, 10)),
    ("9 Mayıs 2026 10:00", at(2026, 5, 9, 10)),
    ("22. marraskuuta 2026", at(2026, 11, 22)),
    ("日, 22 11月 2026 10:00:00 +0900", at(2026, 11, 22, 1)),
    ("الأحد، 22 نوفمبر 2026 10:00", at(2026, 11, 22, 10)),
    ("٢٢ نوفمبر ٢٠٢٦", at(2026, 11, 22)),
    ("יום ראשון, 22 בנובמבר 2026", at(2026, 11, 22)),
    ("रविवार, 22 नवम्बर 2026 10:00", at(2026, 11, 22, 10)),
    ("วันอาทิตย์ที่ 22 พฤศจิกายน 2569", at(2026, 11, 22)),
    ("ngày 22 tháng 11 năm 2026", at(2026, 11, 22)),
    ("Chủ nhật, 22 tháng 11, 2026 10:00", at(2026, 11, 22, 10)),
    ("Minggu, 22 Agt 2026 10:00 WIB", at(2026, 8, 22, 3)),
    ("2026年11月22日 10:00", at(2026, 11, 22, 10)),
    ("2026年11月22日（日） 10:00", at(2026, 11, 22, 10)),
    ("일, 22 11월 2026 10:00:00 +0900", at(2026, 11, 22, 1)),
    ("2026년 11월 22일", at(2026, 11, 22)),
    ("16. studenoga 2026. 10:00", at(2026, 11, 16, 10)),
    ("16. listopada 2026.", at(2026, 10, 16)),
    ("16 listopada 2026", at(2026, 11, 16)),
    ("16. новембра 2026. 10:00", at(2026, 11, 16, 10)),
    ("16 нояб. 2026 г.", at(2026, 11, 16)),
    ("2026 m. lapkričio 16 d.", at(2026, 11, 16)),
    ("2026. gada 16. novembris", at(2026, 11, 16)),
]

SHORT_YEARS = [
    *((f"{day}{time}", at(2026, 11, 16, 10)) for day in ("16/11/26", "16.11.26", "16-11-26") for time in (" 10:00",)),
    ("Mon, 11/16/26 - 10:00 AM EST", at(2026, 11, 16, 15)),
    ("28/11/25", at(2025, 11, 28)),  # 2028 is not here yet
]

BRACKETED_ZONES = [
    ("Thứ hai, 16/11/2026, 10:00 (GMT+7)", at(2026, 11, 16, 3)),
    ("lundi 16 novembre 2026, 10:30 (UTC+0100)", at(2026, 11, 16, 9, 30)),
    ("16.11.2026 10:00 (CET)", at(2026, 11, 16, 9)),
    ("November 16, 2026 10:00 AM (ET)", at(2026, 11, 16, 15)),
    ("16.11.2026 10:00 +02:00 (GMT+2)", at(2026, 11, 16, 8)),
    ("16.11.2026 10:00 (updated)", at(2026, 11, 16, 10)),
]

REPAIRED = [*INCOMPLETE, *UNUSUAL, *FOREIGN, *SHORT_YEARS, *BRACKETED_ZONES]

ABSENT = [
    *(None, "", "  ", "yesterday", "08/07/2025", "8/7/2025 10:00:00 AM", "08-07-2025", "13/13/2025"),
    *("26/11/23", "24.07.12", "08/07/26", "16.11.26.1"),
    *("2026-13-45", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "31.06.2026", "2025-02-29", "20261345"),
    *("Fri, 31 Jun 2025 10:00:00 GMT", "Mon, 23 Foo 2026 10:00:00 GMT", "Mon, 00 Nov 2026 10:00:00 GMT"),
    *("2026-11-23T25:00:00Z", "2026-11-23T24:00:01Z", "2026-11-23T10:60:00Z", "2026-11-23T10:00:61Z", "10:00:00"),
    *("0000-00-00T00:00:00Z", "2025-07-13 13:00 am", "13:00 pm", "1" * 101, "12345", "2026-11", "2026", "2026-000"),
    *(
        "2026-W54-1",
        "2026-W48-8",
        "2026-W48",
        "2026-366",
        "W48 2026",
        "23 Nov 2026 10:00:00 GMT by our staff",
        "3 days before 23 Nov 2026",
        "Nov 2026",
    ),
    *("23 Nov 2026 - 24 Nov 2026", "Mon, 23 Nov 2026 10:00:00 GMT GMT GMT", "Today, 10:00", "\ud800", "²³ Nov ½"),
]

IMPLAUSIBLE = [
    "1970-01-01T00:00:00Z",
    "Mon, 01 Jan 0001 00:00:00 +0000",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-14:00",
    "Fri, 31 Dec 9999 23:59:59 -0100",
    "9999-12-31T24:00:00Z",
    "1989-12-31T23:59:59Z",
    "2026-11-25T12:00:01Z",
    "2099-01-01T00:00:00Z",
    "4102444800",
]


@pytest.mark.parametrize(("raw", "moment"), STATED)
def test_a_plain_date_is_read_as_stated(raw: str, moment: datetime) -> None:
    assert read_date(raw, NOW) == (moment, "stated")


@pytest.mark.parametrize(("raw", "moment"), REPAIRED)
def test_a_date_that_needs_a_guess_says_so(raw: str, moment: datetime) -> None:
    assert read_date(raw, NOW) == (moment, "repaired")


@pytest.mark.parametrize("raw", ABSENT)
def test_what_cannot_be_read_is_absent(raw: str | None) -> None:
    assert read_date(raw, NOW) == (None, "absent")


@pytest.mark.parametrize("raw", IMPLAUSIBLE)
def test_a_date_out_of_range_has_no_value(raw: str) -> None:
    assert read_date(raw, NOW) == (None, "implausible")


MOMENTS = st.integers(0, 36 * 365 * 86_400).map(lambda seconds: at(1990, 1, 2) + timedelta(seconds=seconds))
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes))
NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()

# {d} and {b} are English names of day and month, {o} the offset with a colon and {p} without.
STANDARD_NOTATIONS = [
    "{d}, %d {b} %Y %H:%M:%S {p}",
    "%d {b} %Y %H:%M:%S {p}",
    "{d},%d {b} %Y %H:%M:%S {p}",
    "{d}, %d {b} %Y %H:%M:%S GMT{p}",
    "{d}, %d {b} %Y %H:%M:%S UTC{o}",
    "{d}, %d {b} %Y %I:%M:%S %p {p}",
    "%Y-%m-%dT%H:%M:%S{o}",
    "%Y-%m-%dT%H:%M:%S{p}",
    "%Y-%m-%dt%H:%M:%S.123{o}",
    "%Y-%m-%dT%H:%M:%S,999999999{o}",
    "%Y-%m-%d %H:%M:%S{o}",
    "%Y-%m-%d %H:%M:%S {p}",
]
OTHER_NOTATIONS = [
    "{d} {b} %d %H:%M:%S {p} %Y",
    "{b} %d, %Y at %H:%M:%S {p}",
    "%d. {b} %Y kl. %H.%M.%S {p}",
    "%H:%M:%S {o}, %d {b} %Y",
    "%Y/%m/%d %H:%M:%S {p}",
    "%d.%m.%Y, %H:%M:%S {o}",
    "%Y%m%dT%H%M%S{p}",
    "Published on {d}, %d {b} %Y, %H:%M:%S {p}",
]


def written(moment: datetime, offset: timedelta, notation: str) -> str:
    """A moment as a place that is `offset` east of UTC writes it."""
    local = moment + offset
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    sign = "-" if offset < timedelta() else "+"
    names = {"d": DAYS[local.weekday()], "b": NAMES[local.month - 1]}
    filled = notation.format(o=f"{sign}{hours:02}:{minutes:02}", p=f"{sign}{hours:02}{minutes:02}", **names)
    return local.strftime(filled)


@given(MOMENTS, OFFSETS, st.sampled_from(STANDARD_NOTATIONS))
def test_every_date_in_a_standard_notation_is_read_back_as_stated(
    moment: datetime, offset: timedelta, notation: str
) -> None:
    assert read_date(written(moment, offset, notation), NOW) == (moment, "stated")


@given(MOMENTS, OFFSETS, st.sampled_from(OTHER_NOTATIONS))
def test_every_date_in_another_notation_is_read_back(moment: datetime, offset: timedelta, notation: str) -> None:
    assert read_date(written(moment, offset, notation), NOW) == (moment, "repaired")


@pytest.mark.parametrize("language", date_words.MONTHS_BY_LANGUAGE)
def test_every_name_of_a_month_in_every_language_is_read(language: str) -> None:
    months = date_words.MONTHS_BY_LANGUAGE[language].split(",")

    assert len(months) == 12
    for number, names in enumerate(months, 1):
        for name in names.split():
            for spelled in (name, name.upper(), f"{name}."):
                assert read_date(f"5 {spelled} 2024", NOW) == (at(2024, number, 5), "repaired")


def test_no_name_means_two_months() -> None:
    meanings = {
        (date_words.folded(name), number)
        for months in date_words.MONTHS_BY_LANGUAGE.values()
        for number, names in enumerate(months.split(","), 1)
        for name in names.split()
    }
    assert len({name for name, _ in meanings}) == len(meanings)


PIECES = st.sampled_from(
    "Mon , 23 Nov 2026 10 : 00 GMT +0100 am . - / T Z ( ) ١ é \ud800 lun de août 1751995800".split(" ")
)


@given(st.lists(PIECES | st.text(max_size=3) | st.just(" "), max_size=12).map("".join))
def test_no_text_makes_it_fail(text: str) -> None:
    moment, quality = read_date(text, NOW)

    assert (moment is None) == (quality in {"absent", "implausible"})
    assert moment is None or (moment.tzinfo is UTC and not moment.microsecond)
    assert moment is None or at(1990, 1, 1) <= moment <= NOW + timedelta(days=2)


@pytest.mark.parametrize(
    "text",
    [
        "a " * 50,
        "(" * 99,
        "(()" * 33,
        "a-a " * 25,
        "10:00 a " * 12,
        "10:00 " + "a/" * 45,
        "\ufdfa" * 100,
        "1." * 50,
        " " * 10**6,
    ],
)
def test_a_long_riddle_is_given_up(text: str) -> None:
    assert read_date(text, NOW) == (None, "absent")
