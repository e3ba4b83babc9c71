"""The words that the sample's people, companies and places are put together from.

Every name is a chance meeting of parts; none is meant to be a real company or person.
"""

from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


#: Language of names by country.
COUNTRIES: Final = ("DE", "AT", "CH", "DK", "NL", "GB")
COUNTRY_WEIGHTS: Final = (660, 90, 40, 90, 60, 60)
LANGUAGE: Final = {"DE": 0, "AT": 0, "CH": 0, "DK": 1, "NL": 2, "GB": 3}

_GERMAN: Final = _words(
    """
        Sommer Winter Brandt Petersen Arvid Kröger Hinrichs Lüders Thomsen Behrens Böhm
        Vogt Jäger Krämer Lorenz Seidel Haas Schütz Ostermann Rickmers Matthiessen Clausen
        Wiebe Harms Ahlers Reimers Kühl Voß Tietjen Börnsen Gädke Möllenhoff Steinbrück
        Falkner Rautenberg Dreyer Oelkers Pohlmann Wächter Hölscher Bringmann Uhlig
        Zöllner Eckstein Bergmann Lindner Moser Gruber Huber Pichler Egger Wallner
        Strasser Aigner Zangerl Kofler Brunner Frei Ammann Zürcher Rüegg Kowalski Nowak
        Yılmaz Demir Rossi Horvath Novotný Jansen Terhorst Averbeck Bültmann Großmann Weiß
        Nußbaum Schönfeld Kästner Hartwig Siemsen Nissen Lorentzen Ketelsen Paulsen
        Johannsen
        """
)
_DANISH: Final = _words(
    """
        Larsen Nørgaard Østergaard Kjær Søndergaard Mikkelsen Frandsen Bak Holst Lauritsen
        Brøns Thygesen Skov Krogh Damgaard Bruun Rønne Toft Vestergaard Jørgensen Lund
        Mølgaard Ravn Dahl
        """
)
_DUTCH: Final = _words(
    """
        van_Dijk de_Groot Visser Smit Bakker Mulder van_der_Veen Dekker Hoekstra Kuipers
        Postma van_den_Berg Brouwer Veenstra ter_Horst Schipper Wiersma Vos Boersma Haverkamp
        """
)
_ENGLISH: Final = _words(
    """
        Ashworth O'Neill Whitcombe Hargreaves Pemberton Thistlewood Fairclough Osgood
        Penrose MacAllister Redfern Holloway Birtwhistle Tanner Cartwright Marlowe Ellery
        D'Arcy Lockwood Greenhalgh Winslow Abernathy Rowntree Sedgwick
        """
)
SURNAMES: Final = (_GERMAN, _DANISH, _DUTCH, _ENGLISH)

FIRST_NAMES: Final = (
    _words(
        """
        Anke Jürgen Birgit Sönke Maren Torsten Katrin Holger Ulrike Björn Heike Günter
        Lena Fabian Franziska Moritz Ayşe Emre Sabine Detlef Svenja Jörg Claudia Rainer
        Mareike Hauke Gesa Lars Wiebke Olaf Nele Jannis Karin Thomas Beate Stefan Antje
        Malte Zoë Käthe
        """
    ),
    _words(
        """
        Søren Mette Jørgen Lærke Anders Freja Bjørn Karen Rasmus Signe Henrik Ditte Åse
        Mads
        """
    ),
    _words(
        """
        Joost Marijke Sander Femke Pieter Anouk Bram Lotte Jeroen Saskia Wouter Ilse Daan
        Mirjam
        """
    ),
    _words(
        """
        Alistair Gemma Rupert Fiona Nigel Siân Callum Imogen Barnaby Heather Owen Philippa
        Zoë
        """
    ),
)

#: What stands in a name for {n}: things, animals and corners of an invented landscape.
NOUNS: Final = (
    _words(
        """
        Seeblick Möwennest Lindenhof Mühlenbach Hafenkante Sonneck Alte_Post Kranich
        Deichkrone Fuchsbau Waldfrieden Kupferkanne Goldener_Anker Nordlicht Ährenfeld
        Heidekrug Schwanenteich Bergkristall Steinbock Wiesengrund Sandkorn Leuchtturm
        Eichental Rosengarten Weißer_Hirsch Drei_Linden Tannenhöhe Kleiner_Dorsch
        Blaue_Düne Apfelgarten
        """
    ),
    _words(
        """
        Strandkanten Ørnereden Havblik Lyngbakken Klitten Mølleåen Bøgely Den_Gamle_Smedje
        Rugmarken
        """
    ),
    _words(
        """
        Zeezicht De_Kraai Het_Anker Molenwiek De_Gouden_Haan Lindehof Duinpan De_Reiger
        """
    ),
    _words(
        """
        Crooked_Lantern Copper_Kettle Fox_and_Barley Old_Ferry Saltmarsh Willow_Court
        Tin_Whistle
        """
    ),
)

INDUSTRIES: Final = (
    "Bakery", "Café", "Restaurant", "Hotel", "Joinery", "Metalwork", "Garage", "Office",
    "Care home", "Farm shop",
)  # fmt: skip
INDUSTRY_WEIGHTS: Final = (130, 130, 170, 110, 100, 80, 80, 100, 50, 50)

#: Forms of a company's name by industry, then by language: {s} and {t} surnames, {f} a first name,
#: {n} a noun, {c} the city.
FORMS: Final[tuple[tuple[str, str, str, str], ...]] = (
    (
        "Bäckerei {s}|Backhaus {n}|{s} Backwaren GmbH|Konditorei {s} & {t}|"
        "Landbäckerei {s} KG|Brotzeit {c} GmbH",
        "Bageri {s}|{s} Brød & Kager ApS|{s} & Søn ApS",
        "Bakkerij {s}|Banketbakkerij {n} B.V.|Brood van {f}",
        "{s}'s Bakery Ltd|{s} & {t} Bakers|The {n} Bakehouse Ltd",
    ),
    (
        "Café {f}|Café {n}|Kaffeerösterei {s}|Kaffeekontor {c} GmbH|Eiscafé {s}|"
        "Rösthaus {s} & {t} GbR",
        "Café {n}|Kaffebar {f}|{s} Kafferisteri ApS",
        "Café {n}|Koffiehuis {f}|Branderij {s} B.V.",
        "The {n} Café|{f}'s Coffee House|{s} Coffee Roasters Ltd",
    ),
    (
        "Gasthof {s}|Restaurant {n}|Gasthaus {n}|{s} Gastronomie GmbH|Brauhaus {s} "
        "GmbH & Co. KG|Fischhaus {s}|{s} Catering GmbH",
        "Restaurant {n}|{s} Kro|{s} Smørrebrød ApS",
        "Restaurant {n}|Eetcafé {n}|{s} Horeca B.V.",
        "The {n}|{s}'s Kitchen Ltd|{n} Dining Ltd",
    ),
    (
        "Hotel {n}|Pension {s}|Hotel {s} GmbH|Landhotel {n} KG|Gästehaus {n} e.V.|Ferienhof {s}",
        "Hotel {n} A/S|Badehotel {n}|{s} Gæstgiveri",
        "Hotel {n} B.V.|Pension {s}|Logement {n}",
        "The {n} Hotel Ltd|{n} Guest House|{s} Inns Ltd",
    ),
    (
        "Tischlerei {s}|Schreinerei {s} & {t}|{s} Innenausbau GmbH|Holzbau {s} GmbH & "
        "Co. KG|Zimmerei {s}|Möbelwerkstatt {f} {s} e.K.",
        "{s} Snedkeri ApS|Tømrerfirma {s}|{s} & {t} Møbler A/S",
        "Timmerwerk {s}|{s} Interieurbouw B.V.|Meubelmakerij {n}",
        "{s} Joinery Ltd|{s} & {t} Carpentry|{n} Timber Ltd",
    ),
    (
        "{s} Metallbau GmbH|Schlosserei {s}|{s} & {t} Blechtechnik GmbH|Stahlbau {s} "
        "KG|Feinmechanik {s} GmbH",
        "{s} Smedeværksted|{s} Stål A/S|{s} & {t} Maskinfabrik ApS",
        "{s} Metaal B.V.|Lasbedrijf {s}|{s} & Zonen Constructie",
        "{s} Fabrications Ltd|{s} & Sons Engineering|{s} Welding Services",
    ),
    (
        "Autohaus {s} GmbH|Kfz-Werkstatt {s}|{s} & {t} Fahrzeugtechnik|Landmaschinen "
        "{s} KG|Zweirad {s}",
        "{s} Auto ApS|{s} Cykler|Autoværksted {s}",
        "Garage {s}|{s} Autotechniek B.V.|Rijwielhandel {s}",
        "{s} Motors Ltd|{s}'s Garage|{s} Tractor Services",
    ),
    (
        "Kanzlei {s} & {t}|Steuerbüro {s}|Zahnarztpraxis Dr. {s}|Ingenieurbüro {s} "
        "GmbH|Architekten {s} {t} PartG mbB|Agentur {n}",
        "Advokatfirmaet {s}|{s} Arkitekter A/S|Tandlægerne {s} & {t}",
        "{s} Accountants|Notariskantoor {s}|{s} & {t} Architecten B.V.",
        "{s} & {t} LLP|{s} Surveyors|{n} Dental Practice",
    ),
    (
        "Seniorenresidenz {n} gGmbH|Pflegedienst {s}|Kita {n} e.V.|Haus {n} Pflege GmbH",
        "Plejehjemmet {n}|Børnehuset {n}",
        "Zorghuis {n}|Kinderopvang {n} B.V.",
        "{n} Care Home Ltd|{n} Nursery School",
    ),
    (
        "Hofladen {s}|Biohof {s}|Unverpackt {c} GmbH|Weinhandlung {s}|Imkerei {f} {s}",
        "Gårdbutikken {n}|{s} Vin & Delikatesser",
        "Boerderijwinkel {s}|Kaasboer {s}",
        "{s} Farm Shop|{n} Deli Ltd",
    ),
)  # fmt: skip

#: Rare names that are longer than any column.
LONG_NAMES: Final = (
    "Wohlfahrtsküche Nordmarsch gemeinnützige GmbH, Zentralküche und "
    "Gemeinschaftsverpflegung Haus Abendfrieden",
    "Arbeitsgemeinschaft der Schulküchen und Kindertagesstätten im Kreis Ostersund-Westerholz e.V.",
    "Erste Lüttenhagener Dampfbrauerei und Gasthausbetriebe vormals Gebrüder "
    "Hölscher GmbH & Co. KGaA",
)

CITIES: Final[tuple[tuple[str, ...], ...]] = (
    _words(
        """
        Hamburg:2#### Bremen:28### Kiel:241## Lübeck:235## Flensburg:249## Rostock:180##
        Hannover:301## Oldenburg:261## Münster:481## Köln:506## Düsseldorf:402##
        Essen:451## Bielefeld:336## Kassel:341## Göttingen:370## Berlin:10###
        Leipzig:041## Dresden:010## Erfurt:990## Frankfurt:603## Nürnberg:904##
        München:803## Augsburg:861## Stuttgart:701## Freiburg:791## Husum:258##
        Husby:249## Celle:292## Lüneburg:213## Stade:216## Cuxhaven:274## Heide:257##
        """
    ),
    _words(
        """
        Wien:1##0 Graz:80## Linz:40## Salzburg:50## Innsbruck:60## Klagenfurt:90##
        Wels:46##
        """
    ),
    _words("Zürich:80## Bern:30## Basel:40## Winterthur:84## Luzern:60## Chur:70##"),
    _words(
        """
        København:2### Aarhus:80## Odense:50## Tønder:62## Sønderborg:64## Haderslev:61##
        Ribe:67##
        """
    ),
    _words(
        """
        Groningen:97##_NW Utrecht:35##_KL Zwolle:80##_BD Arnhem:68##_HX Enschede:75##_RS
        """
    ),
    _words(
        """
        York:YO1_#ZX Leeds:LS2_#QP Norwich:NR3_#WD Bristol:BS1_#KV Whitby:YO21_#JT
        Bath:BA1_#ZN
        """
    ),
)

STREETS: Final = (
    _words(
        """
        Hafenstraße Lindenallee Mühlenweg Bahnhofstraße Am_Markt Gartenstraße Deichweg
        Industriestraße Kirchgasse Schulstraße Handwerkerring Alter_Postweg Birkenweg
        Werftstraße Süderstraße
        """
    ),
    _words("Strandvejen Nørregade Havnegade Møllevej Algade Skolegade Industrivej"),
    _words("Dorpsstraat Kerkweg Molenlaan Havenkade Stationsweg Industrieweg"),
    _words("Mill_Lane Church_Street Station_Road Quayside High_Street Orchard_Way"),
)

#: Numbers that the regulators keep free for fiction (Germany's Bundesnetzagentur, Britain's Ofcom);
#: elsewhere numbers that start with a zero where none may. # is a digit.
PHONES: Final = (
    "+49 30 23125 ###|+49 40 66969 ###|+49 221 4710 ###|+49 89 99998 ###|+49 69 90009 ###",
    "+43 00 555 0###",
    "+41 00 555 0###",
    "+45 00 55 0# ##",
    "+31 00 555 0###",
    "+44 1632 960###|+44 20 7946 0###",
)
MOBILES: Final = (
    "+49 171 39200##|+49 176 040690##",
    "+43 000 555 0###",
    "+41 000 555 0###",
    "+45 00 56 0# ##",
    "+31 000 555 0###",
    "+44 7700 900###",
)
MAIL_DOMAINS: Final = ("example.com", "example.org", "example.net")

#: Roles by industry, the owner's apart.
ROLES: Final = tuple(
    roles.split("|")
    for roles in (
        "buyer|bakery manager|shop manager|accounts",
        "buyer|shift manager|accounts",
        "head chef|kitchen manager|buyer|accounts",
        "front office|housekeeping|kitchen manager|buyer",
        "workshop manager|master joiner|accounts",
        "workshop manager|stores|accounts",
        "workshop manager|stores|accounts",
        "office manager|assistant|accounts",
        "kitchen manager|facility manager|managing director",
        "shop manager|accounts",
    )
)
OWNERS: Final = ("Jana Petersen", "Mirko Brandt", "Sophie Lindqvist")
SEGMENTS: Final = ("A", "B", "C")
