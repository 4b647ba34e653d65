// Pure: German for the sentences about what a directory may change here: rules, plans that wait, pictures.

export const directorySentences: Readonly<Record<string, string>> = {
  'Addresses of the directory count as verified.': 'Adressen des Verzeichnisses gelten als bestätigt.',
  'An address of the directory is not verified by being there.': 'Dass eine Adresse im Verzeichnis steht, bestätigt sie nicht.',
  'Where the attribute is empty: cn, then first and last name.': 'Wo das Attribut leer ist: cn, sonst Vor- und Nachname.',
  'Made by the template "*".': 'Gebildet nach der Vorlage "*".',
  'No group makes administrators.': 'Keine Gruppe macht zum Administrator.',
  'Members of the group "*" are administrators, and nobody else of the directory.':
    'Mitglieder der Gruppe "*" sind Administratoren, sonst niemand aus dem Verzeichnis.',
  'Disabled by an administrator here; the directory does not change that.':
    'Hier von der Verwaltung gesperrt; das Verzeichnis ändert das nicht.',
  'Disabled because the directory disabled, locked or expired the entry, or does not have it any more.':
    'Gesperrt, weil der Eintrag im Verzeichnis gesperrt oder abgelaufen ist oder dort nicht mehr steht.',
  'Follows the directory: disabled, locked, expired or gone there is disabled here.':
    'Folgt dem Verzeichnis: Was dort gesperrt, abgelaufen oder weg ist, ist hier gesperrt.',
  'Whether the directory disables an entry does not count; an entry that is gone does.':
    'Ob das Verzeichnis einen Eintrag sperrt, zählt nicht; ein Eintrag, der weg ist, zählt.',
  'Whoever is gone from the directory is removed here.': 'Wer im Verzeichnis fehlt, wird hier entfernt.',
  'All values of the attribute, as a JSON array.': 'Alle Werte des Attributs, als JSON-Liste.',
  'The name, cut to 50 characters.': 'Der Name, auf 50 Zeichen gekürzt.',
  'As users say it.': 'Wie Benutzer es sagen.',
  'Members of groups inside it are members too.': 'Mitglieder von Gruppen darin sind auch Mitglieder.',
  'Groups inside it do not count.': 'Gruppen darin zählen nicht.',
  'Users whose primary group it is are members too.': 'Benutzer, deren Hauptgruppe es ist, sind auch Mitglieder.',
  'jpegPhoto or thumbnailPhoto: the picture itself, or in base64. An address counts only where the next setting allows its host.':
    'jpegPhoto oder thumbnailPhoto: das Bild selbst oder in Base64. Eine Adresse zählt nur, wo die nächste Einstellung ihren Rechner erlaubt.',
  'Hosts of pictures': 'Rechner mit Bildern',
  'Hosts that pictures may be fetched from where the attribute holds addresses: pictures.example.org. Empty: none.':
    'Von welchen Rechnern Bilder geholt werden dürfen, wenn das Attribut Adressen hält: pictures.example.org. Leer: von keinem.',
  'Adopt local accounts': 'Hiesige Konten übernehmen',
  'A new entry takes over the local account with the same user name, or with the same verified e-mail address; passkeys stay. No: such an entry is listed as a conflict.':
    'Ein neuer Eintrag übernimmt das hiesige Konto mit demselben Benutzernamen oder derselben bestätigten E-Mail-Adresse; Passkeys bleiben. no: So ein Eintrag steht als Konflikt in der Liste.',
  Staging: 'Probebetrieb',
  'Runs plan and report, and write nothing until this is switched off. An administrator can apply a plan by hand.':
    'Läufe planen und berichten und schreiben nichts, bis dies ausgeschaltet wird. Die Verwaltung kann einen Plan von Hand anwenden.',
  'A run that would disable or remove more than this share of the users or groups is held until an administrator applies it, in percent.':
    'Ein Lauf, der mehr als diesen Anteil der Benutzer oder Gruppen sperren oder entfernen würde, wartet auf die Verwaltung, in Prozent.',
  'Most to remove': 'Höchstens zu entfernen',
  'The same for more than this many users or groups, whatever their share.':
    'Dasselbe ab so vielen Benutzern oder Gruppen, welchen Anteil sie auch haben.',
  'Largest share of a group to remove': 'Größter Anteil einer Gruppe',
  'A run that would take more than this share of the members from a group (and more than ten), or of the administrators, is held, in percent.':
    'Ein Lauf, der einer Gruppe mehr als diesen Anteil ihrer Mitglieder nähme (und mehr als zehn) oder so viele Administratoren, wird angehalten, in Prozent.',
  'Keep what was removed': 'Entferntes aufheben',
  'For so many days a run can be undone, and a user or group that comes back gets the old account with its passkeys. 0: nothing is kept.':
    'So viele Tage lang lässt sich ein Lauf zurücknehmen, und wer zurückkommt, bekommt das alte Konto mit seinen Passkeys. 0: Nichts wird aufgehoben.',
  'Live changes': 'Änderungen sofort',
  'Keep one connection open on which the directory tells of changes, so that they are here in a second. Where it cannot, they come in within a minute or with the hourly run.':
    'Eine Verbindung offen halten, auf der das Verzeichnis Änderungen meldet, sodass sie in einer Sekunde hier sind. Wo es das nicht kann, kommen sie jede Minute oder mit dem stündlichen Lauf.',
  'The file is too large.': 'Die Datei ist zu groß.',
  'This picture cannot be read.': 'Dieses Bild ist nicht lesbar.',
  'This kind of file is not supported. Use a JPEG, PNG or WebP picture.':
    'Diese Art Datei geht nicht. Nehmen Sie ein JPEG-, PNG- oder WebP-Bild.',
  'There is no such picture.': 'Dieses Bild gibt es nicht.',
  'There is no such run.': 'Diesen Lauf gibt es nicht.',
  'There is no such plan. Make a new one: a plan waits for a day.':
    'Diesen Plan gibt es nicht. Machen Sie einen neuen: Ein Plan wartet einen Tag.',
  'The sync was refused and changed nothing.': 'Der Abgleich wurde angehalten und hat nichts geändert.',
  'This run cannot be undone.': 'Dieser Lauf lässt sich nicht zurücknehmen.',
  'Must name an attribute in braces, such as {givenName} {sn}.': 'Muss ein Attribut in Klammern nennen, etwa {givenName} {sn}.',
  '"*" must be claim=attribute, such as department=departmentNumber.':
    '"*" muss claim=attribut sein, etwa department=departmentNumber.',
  'Must be an address such as http://pocket-id:#.': 'Muss eine Adresse sein, etwa http://pocket-id:#.',
  'Must be a host name, such as pictures.example.org.': 'Muss ein Rechnername sein, etwa pictures.example.org.',
  'Must be at least 16 characters of ASCII without blanks.': 'Muss mindestens 16 ASCII-Zeichen ohne Leerzeichen haben.',
}
