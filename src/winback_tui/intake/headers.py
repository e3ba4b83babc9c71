"""Headers of files of purchases per field, in order of trust, as `normal` writes them.

English and German first, then what programs in French, Dutch, Spanish, Italian, the languages of
Scandinavia, Polish and Czech write. Standard library only.
"""

from typing import Final

HEADERS: Final[dict[str, str]] = {
    "customer": "customer_id customer_number customer_no customerid customernumber customer_code "
    "client_id client_number account_id account_number buyer_id cust_id custid kundennummer "
    "kunden_nummer kundennr kunden_nr kunden_id kundenid kdnr kd_nr kd_nummer kdnummer "
    "debitorennummer debitorennr debitoren_nr debitornr debitor_nr deb_nr verk_an_deb_nr "
    "verk_an_debitorennr rech_an_deb_nr kundenkarte kundenkartennummer kundenkarten_nr "
    "auftraggeb klantnummer klantnr "
    "klant_nr klant_id klantid klantcode debiteurnummer debiteurnr numero_client no_client "
    "n_client num_client code_client id_client numero_de_client numero_cliente num_cliente "
    "n_cliente codigo_cliente cod_cliente id_cliente numero_de_cliente codigo_de_cliente "
    "codice_cliente cod_cli kundenr kunde_nr kundnummer kundnr kund_nr kund_id kunnr kunag "
    "numer_klienta nr_klienta id_klienta kod_klienta numer_kontrahenta nr_kontrahenta "
    "kod_kontrahenta cislo_zakaznika zakaznicke_cislo id_zakaznika kod_zakaznika "
    "cislo_odberatele "
    "customer client payer counterparty counterparty_name account buyer kunde debitor klant "
    "cliente kund debiteur "
    "account_reference account_ref "
    "klient kontrahent nabywca zakaznik odberatel kontonummer kto kto_nr ktonr",
    "name": "customer_name contact_name contactname client_name partner_name account_name company "
    "company_name "
    "verk_an_name rech_an_name kundenname firma firmenname name kunde_lieferant buyer_name "
    "bill_to_name billing_name name_des_kaeufers kaeufername "
    "klantnaam naam_klant bedrijfsnaam nom_client nom_du_client raison_sociale nombre_cliente "
    "nombre_del_cliente razon_social nome_cliente ragione_sociale kundenavn kundnamn firmanavn "
    "foretag "
    "nazwa_klienta nazwa_firmy nazwa_kontrahenta nazev_firmy nazev_zakaznika nazev_odberatele "
    "jmeno_zakaznika",
    "date": "date order_date invoice_date purchase_date transaction_date invoicedate orderdate "
    "day posted_on datum rechnungsdatum bestelldatum belegdatum auftragsdatum buchungsdatum "
    "buchungstag kaufdatum verkaufsdatum lieferdatum delivery_date timestamp created_at "
    "erstellt_am bestellt_am angelegt_am created_on creation_date date_created created_date "
    "erstelldatum erstellungsdatum auftragserstellung fakturadat "
    "bestellzeitpunkt zeitstempel datetime date_time ts "
    "date_de_commande date_commande date_de_la_commande date_de_facture date_facture "
    "date_de_facturation date_d_achat date_achat date_de_vente date_vente "
    "factuurdatum orderdatum besteldatum bestellingsdatum aankoopdatum verkoopdatum "
    "fecha_factura fecha_de_factura fecha_pedido fecha_de_pedido fecha_del_pedido fecha_de_compra "
    "fecha_compra fecha data_ordine data_fattura data_documento data_vendita "
    "fkdat fakturadatum fakturadato ordredato ordredatum koebsdato "
    "data_zamowienia data_sprzedazy data_wystawienia data_faktury datum_objednavky "
    "datum_vystaveni datum_prodeje datum_nakupu duzp "
    "dato data created "
    "created_utc created_date_utc beldat belegdat bel_dat rechdat rech_dat rg_datum re_datum",
    "amount": "amount net_amount line_total net_sales base_imponible imponibile total "
    "net_total net revenue sales turnover value "
    "betrag nettobetrag netto_betrag netto summe umsatz gesamt gesamtbetrag betrag_netto wert "
    "positionspreis positionsbetrag positionssumme zeilenbetrag zeilensumme "
    "umsatz_netto nettoumsatz nettosumme warenwert gesamtsumme "
    "montant_ht total_ht montant_net montant montant_total montant_ttc total_ttc "
    "nettobedrag bedrag_excl_btw totaal_excl_btw bedrag totaalbedrag totaal bedrag_incl_btw "
    "importe_neto importe importe_total "
    "importo_netto importo totale_netto totale "
    "netwr nettobeloeb beloeb nettobelopp belopp beloep totalbelopp summa "
    "wartosc_netto kwota_netto suma_netto wartosc kwota razem wartosc_brutto kwota_brutto "
    "castka_bez_dph celkem_bez_dph cena_celkem_bez_dph zaklad_dane castka celkem "
    "celkova_castka celkova_cena cena_celkem castka_s_dph celkem_s_dph cena_celkem_s_dph",
    "quantity": "quantity qty units count menge anzahl stueckzahl stuck stueck "
    "quantite qte aantal cantidad quantita qta antal antall "
    "ilosc liczba_sztuk mnozstvi pocet_kusu",
    "price": "unit_price unitprice price price_per_unit item_price price_each einzelpreis "
    "stueckpreis preis vk_preis vk_netto unit_amount einzelpreis_netto netto_einzelpreis "
    "einzelpreis_brutto brutto_einzelpreis vk_brutto wholesale_price "
    "prix_unitaire prix_unitaire_ht prix_unitaire_ttc prix stukprijs prijs_per_stuk prijs "
    "precio_unitario precio prezzo_unitario prezzo stykpris enhedspris enhetspris styckpris pris "
    "cena_jednostkowa_netto cena_jednostkowa cena_za_sztuke cena_netto jednotkova_cena "
    "cena_za_kus cena",
    "currency": "currency currency_code waehrung wahrung waehrungscode wkz waerk devise moneda "
    "divisa "
    "waluta mena",
    "product": "product_code product_id product_number sku article article_number article_no "
    "item item_id item_number stockcode stock_code product artikelnummer artikelnr artikel_nr "
    "artikel produktnummer produkt artnr art_nr artikel_id artikelid "
    "artikelcode productcode code_article code_produit ref_produit reference_produit produit "
    "codigo_producto codigo_articulo producto articulo codice_articolo codice_prodotto prodotto "
    "articolo varenummer varenr vare artikkelnummer "
    "kod_produktu kod_towaru indeks towar kod_zbozi zbozi",
    "product_name": "product_name product_description item_name description article_name "
    "artikelbezeichnung produktname artikelname bezeichnung beschreibung artikeltext "
    "omschrijving productnaam artikelnaam designation libelle descripcion descrizione beskrivelse "
    "beskrivning benaemning produktnavn produktnamn varenavn "
    "nazwa_produktu nazwa_towaru nazev_produktu nazev_zbozi",
    "category": "category product_category product_group kategorie warengruppe produktgruppe "
    "artikelgruppe categorie productgroep categoria varegruppe varugrupp kategori "
    "kategoria grupa_towarowa",
    "document": "document document_number document_no invoice invoice_number invoice_no "
    "invoiceno invoice_id order_number order_no order_id orderid order transaktions_id "
    "transaktionsnummer receipt receipt_number "
    "receipt_no receipt_id sale_id sale_number rechnungsnummer rechnungs_nummer "
    "rechnungs_nr rechnungsnr rechnung rg_nr rgnr re_nr belegnummer beleg_nr belegnr beleg "
    "auftragsnummer auftrags_nr auftragsnr auftrag bestellnummer bestell_nummer bestellnr "
    "bestell_nr bestell_id bonnummer bon_nr bonnr transaction_id "
    "factuurnummer factuurnr factuur ordernummer ordernr order_nr bestelnummer bestelnr "
    "no_factura no_pedido n_de_facture n_de_commande n_de_factura n_de_pedido "
    "numero_de_facture numero_facture num_facture no_facture n_facture facture "
    "numero_de_commande numero_commande num_commande no_commande n_commande commande "
    "numero_de_factura numero_factura num_factura n_factura factura numero_de_pedido "
    "numero_pedido num_pedido n_pedido id_pedido pedido numero_fattura n_fattura fattura "
    "numero_ordine n_ordine ordine numero_documento fakturanummer fakturanr faktura_nr faktura "
    "ordrenummer ordrenr ordre_nr vbeln oxordernr orders_id "
    "numer_faktury nr_faktury numer_zamowienia nr_zamowienia numer_dokumentu nr_dokumentu "
    "cislo_faktury cislo_objednavky cislo_dokladu variabilni_symbol objednavka zamowienie "
    "doklad bon kassenbon kassenbon_nr",
    "street": "street address street_address strasse anschrift straat adres rue adresse calle "
    "direccion indirizzo adress gatuadress "
    "ulica ulice",
    "zip": "zip zip_code postcode postal_code plz postleitzahl code_postal codigo_postal cap "
    "postnummer postnr "
    "kod_pocztowy psc",
    "city": "city town ort stadt plaats woonplaats ville ciudad localidad poblacion citta "
    "comune poststed postort stad "
    "miasto miejscowosc mesto",
    "country": "country country_region land staat landcode pays pais paese nazione kraj zeme",
    "email": "email e_mail email_address e_mail_address customer_email kunden_email "
    "e_mail_adresse emailadresse mailadresse buyer_email e_mailadres emailadres courriel "
    "adresse_e_mail adresse_email adresse_mail correo_electronico correo e_post e_postadresse mail "
    "adres_e_mail adres_email",
    "status": "status state order_status invoice_status payment_status rechnungsstatus "
    "bestellstatus auftragsstatus belegstatus zahlungsstatus status_reason "
    "orderstatus bestelstatus etat statut estado stato "
    "status_zamowienia status_platnosci stav_objednavky stav_platby stan stav",
    "refund": "refunded_amount amount_refunded refund_amount refunded total_refunded "
    "refund_total order_refund_amount erstattet erstattungsbetrag erstatteter_betrag "
    "rueckerstattet rueckerstattung rueckerstattungsbetrag rueckerstatteter_betrag "
    "montant_rembourse importe_reembolsado importe_devuelto importo_rimborsato "
    "terugbetaald_bedrag kwota_zwrotu partial_refund total_refunds rimborso rembourse "
    "reembolso reembolsado terugbetaald retourenbetrag retourenwert",
    "discount_percent": "discount_percent rabatt_prozent",
    "test": "test_order is_test is_test_order testbestellung testauftrag ist_testbestellung "
    "ist_test test_bestellung testorder test_mode testmodus is_testorder test",
    "cancelled": "cancelled canceled is_cancelled is_canceled cancelled_at canceled_at "
    "cancelled_on cancellation_date storniert storniert_am storno stornodatum storno_kz "
    "stornokennzeichen oxstorno annule annulee geannuleerd anulado annullato "
    "anulowano anulowane stornovano zruseno void is_void voided_at cancelled_date canceled_date "
    "date_cancelled cancel_date stornierungsdatum annuleringsdatum geannuleerd_op date_annulation "
    "date_d_annulation annule_le annulee_le fecha_cancelacion fecha_de_cancelacion "
    "fecha_anulacion data_annullamento annullato_il data_anulowania",
}
