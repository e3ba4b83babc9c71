"""What Nordwind Handel sells, and to whom."""

from typing import Final, NamedTuple


class Product(NamedTuple):
    """One article; the price is in euro cents."""

    code: str
    name: str
    category: str
    price: int


_RANGE: Final = {
    "Coffee & tea": """
        Filterkaffee Hausmischung 1 kg:1290 Espresso Nordwind 1 kg:1680 Espresso
        entkoffeiniert 1 kg:1790 Ostfriesentee 500 g:980 Kräutertee, 100 Beutel:740 Earl
        Grey, 100 bags:860 Trinkschokolade 1 kg:890 Rohrzucker-Sticks, 1000 St.:1150
        Hafermilch Barista 12 × 1 l:2140 Kaffeefilter 90/250, 1000 St.:1980
        Kaffeemaschinen-Reiniger 1 l:1490 Milchschaum-Reiniger 1 l:1380
    """,
    "Baking": """
        Weizenmehl 550, 25 kg:1690 Roggenmehl 1150, 25 kg:1840 Dinkelmehl 630, 25 kg:2960
        Backhefe 10 × 500 g:1240 Meersalz 10 kg:870 Puderzucker 10 kg:1320
        Zartbitterkuvertüre 5 kg:5480 Mandeln gehobelt 1 kg:1350 Sultaninen 12,5 kg:4870
        Vanilleextrakt 250 ml:2490 Backpapier, 500 Blatt:2780 Sonnenblumenkerne 5 kg:1420
        Marzipanrohmasse 2,5 kg:2380 Lebkuchengewürz 1 kg:1890
    """,
    "Kitchen": """
        Rapsöl 10 l:2390 Olivenöl nativ 5 l:4180 Passierte Tomaten 6 × 2,5 kg:2270
        Basmatireis 20 kg:4360 Spaghetti 12 × 1 kg:1740 Gemüsebrühe 5 kg:3380 Senf
        mittelscharf 5 kg:1260 Apfelessig 10 l:1170 Fischfond 6 × 1 l:2640 Preiselbeeren 3
        kg:2150 Pfeffer schwarz 1 kg:2280 Frittierfett 10 kg:3190 Mineralwasser 12 × 0,75
        l:690 Apfelschorle 24 × 0,33 l:1580
    """,
    "Packaging": """
        Coffee cups 250 ml, 1000 pcs:6480 Lids for cups, 1000 pcs:3170 Papiertüten braun,
        500 St.:2890 Menüschalen Zuckerrohr, 300 St.:4590 Pizzakartons 32 cm, 100 St.:2140
        Tortenkartons 28 cm, 100 St.:3460 Alufolie 45 cm × 150 m:2360 Frischhaltefolie 45
        cm × 300 m:1420 Servietten 33 cm, 2000 St.:3780 Holzbesteck, 1000 St.:2990
        Versandkartons 40 × 30, 50 St.:3840 Klebeband, 36 Rollen:4120
    """,
    "Cleaning": """
        Allzweckreiniger 10 l:1890 Geschirrreiniger flüssig 12 kg:3740 Klarspüler 10
        l:3290 Sanitärreiniger 10 l:2130 Handseife 5 l:1170 Händedesinfektion 5 l:2860
        Papierhandtücher, 5000 Bl.:3340 Toilettenpapier, 64 Rollen:2870 Müllsäcke 120 l,
        250 St.:2490 Putztücher, 10 kg:2760 Bodenwischer-Bezüge, 10 St.:3980 Grillreiniger
        5 l:2370 Glasreiniger 5 l:1290
    """,
    "Tableware": """
        Trinkgläser 0,3 l, 48 St.:5760 Weingläser, 24 St.:6480 Suppenteller, 12 St.:5190
        Espressotassen, 12 St.:4680 Besteckset, 60-teilig:8940 Tischläufer Leinen, 10
        m:3870 Stumpenkerzen, 40 St.:3290 Serviertabletts, 6 St.:5430 Karaffen 1 l, 6
        St.:4260 Adventskerzen rot, 48 St.:2980
    """,
    "Office": """
        Kopierpapier A4, 2500 Bl.:1790 Ordner breit, 20 St.:3480 Kugelschreiber blau, 50
        St.:1240 Toner schwarz, 6000 S.:7490 Toner Farbset:23800 Haftnotizen, 24
        Blöcke:1690 Versandtaschen C4, 250 St.:2280 Schreibblock A4, 10 St.:1360
        Whiteboard-Marker, 12 St.:1180 Etiketten, 1000 St.:2490 Heftklammern, 10 000
        St.:640 Aktenvernichter-Öl 1 l:1540 Kalender, 10 St.:4350
    """,
    "Workshop": """
        Trennscheiben 125 mm, 50 St.:4380 Schleifpapier K120, 100 St.:2760
        Spanplattenschrauben 4 × 40, 1000 St.:1980 Holzleim D3, 10 kg:4470 Bohrer-Set HSS,
        25-teilig:5940 Schweißdraht 1,0 mm, 15 kg:6850 Kabelbinder, 1000 St.:1870
        Montageschaum, 12 Dosen:6240 Bremsenreiniger 12 × 500 ml:3180 Motoröl 5W-30, 20
        l:8640 Kettenöl 5 l:2190 Hydrauliköl 20 l:6980 Ölbindemittel 20 kg:2340 Klarlack 5
        l:7460
    """,
    "Safety": """
        Montagehandschuhe, 144 Paar:8640 Einweghandschuhe Nitril, 1000 St.:4970
        Schutzbrillen, 10 St.:3480 Gehörschutzstöpsel, 200 Paar:2190 Sicherheitsschuhe
        S3:6790 Warnwesten, 10 St.:2870 Feinstaubmasken FFP2, 50 St.:3260 Latzhose
        grau:4450 Erste-Hilfe-Nachfüllset:2990 Schürzen, 10 St.:3640
    """,
}  # fmt: skip


def _catalogue() -> tuple[Product, ...]:
    found: list[Product] = []
    for shelf, (category, text) in enumerate(_RANGE.items(), 1):
        words: list[str] = []
        for word in text.split():
            name, colon, price = word.rpartition(":")
            if colon and price.isdigit():
                code = f"{category[0]}{shelf}{len(found) + 101:03d}"
                found.append(Product(code, " ".join([*words, name]), category, int(price)))
                words = []
            else:
                words.append(word)
    return tuple(found)


CATALOGUE: Final = _catalogue()

#: How many articles an industry chooses from: a prime, so that stepping through them by any
#: stride meets each once.
ASSORTMENT: Final = 23

#: The shelves that each industry of `words.INDUSTRIES` buys from, in that order.
_SHELVES: Final = (
    ("Baking", "Packaging", "Cleaning"),
    ("Coffee & tea", "Packaging", "Tableware"),
    ("Kitchen", "Cleaning", "Tableware"),
    ("Cleaning", "Coffee & tea", "Tableware"),
    ("Workshop", "Safety"),
    ("Workshop", "Safety"),
    ("Workshop", "Cleaning"),
    ("Office", "Coffee & tea"),
    ("Cleaning", "Kitchen", "Safety"),
    ("Packaging", "Coffee & tea", "Baking"),
)


def assortments() -> tuple[int, ...]:
    """Return, industry after industry, the `ASSORTMENT` catalogue positions that it buys from."""
    return tuple(
        position
        for shelves in _SHELVES
        for position in [
            at
            for shelf in shelves
            for at, product in enumerate(CATALOGUE)
            if product.category == shelf
        ][:ASSORTMENT]
    )
