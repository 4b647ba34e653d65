// Pure: German for the sentences that core and plugins write in English: labels, help, refusals. A # stands for a number.
import { appSentences } from './de-sentences-apps.ts'
import { deviceSentences } from './de-sentences-devices.ts'
import { directorySentences } from './de-sentences-directory.ts'
import { mailSentences } from './de-sentences-mail.ts'
import { namedSentences } from './de-sentences-named.ts'

const settings = {
  Name: 'Name',
  'The name people see on every page.': 'Der Name, den Menschen auf jeder Seite sehen.',
  'Session duration': 'Dauer einer Anmeldung',
  'Minutes after which people must sign in again.': 'Minuten, nach denen man sich neu anmelden muss.',
  'Home page': 'Startseite',
  'Where people land after signing in.': 'Wohin man nach der Anmeldung kommt.',
  'E-mail addresses are verified': 'E-Mail-Adressen sind bestätigt',
  'New accounts start with a verified e-mail address.': 'Neue Konten beginnen mit bestätigter E-Mail-Adresse.',
  'Accent colour': 'Akzentfarbe',
  'A CSS colour, or default.': 'Eine CSS-Farbe oder default.',
  'No animations': 'Keine Bewegung',
  'Pages stand still.': 'Die Seiten stehen still.',
  'People may edit their account': 'Eigenes Konto bearbeiten',
  'Applies to accounts that do not come from a directory.': 'Gilt für Konten, die nicht aus einem Verzeichnis kommen.',
  'E-mail required': 'E-Mail nötig',
  'Every account needs an e-mail address.': 'Jedes Konto braucht eine E-Mail-Adresse.',
  'User verification': 'Prüfung der Person',
  'Whether a passkey must check a PIN, a fingerprint or a face each time.':
    'Ob ein Passkey jedes Mal PIN, Fingerabdruck oder Gesicht prüfen muss.',
  'Allow synced passkeys': 'Synchronisierte Passkeys erlauben',
  'Accept passkeys that a password manager or an account copies between devices. Applies to new passkeys.':
    'Passkeys annehmen, die ein Passwort-Manager oder ein Konto zwischen Geräten kopiert. Gilt für neue Passkeys.',
  'Kind of authenticator': 'Art des Authentikators',
  'Which kind browsers offer for a new passkey: built into the device (platform), or a key or phone (cross-platform).':
    'Was Browser für einen neuen Passkey anbieten: ins Gerät eingebaut (platform), oder Schlüssel und Telefon (cross-platform).',
}

const ldap = {
  LDAP: 'LDAP',
  'Fill users and groups from a directory.': 'Benutzer und Gruppen aus einem Verzeichnis füllen.',
  'LDAP URL': 'Adresse',
  'ldap://host:389 or ldaps://host:636. Several, separated by spaces or commas, are tried in order.':
    'ldap://host:389 oder ldaps://host:636. Mehrere, mit Leerzeichen oder Komma getrennt, werden der Reihe nach versucht.',
  'Bind DN': 'Bind-DN',
  'The account that searches, such as cn=readonly,dc=example,dc=org. Empty: anonymous.':
    'Das Konto, das sucht, etwa cn=readonly,dc=example,dc=org. Leer: anonym.',
  'Bind password': 'Bind-Passwort',
  'The password of that account.': 'Das Passwort dieses Kontos.',
  'Search base': 'Suchbasis',
  'Where to search, with everything below it: dc=example,dc=org.': 'Wo gesucht wird, mit allem darunter: dc=example,dc=org.',
  'User search filter': 'Benutzerfilter',
  'Which entries are users, as an LDAP filter.': 'Welche Einträge Benutzer sind, als LDAP-Filter.',
  'User group search filter': 'Gruppenfilter',
  'Which entries are groups, as an LDAP filter.': 'Welche Einträge Gruppen sind, als LDAP-Filter.',
  StartTLS: 'StartTLS',
  'Encrypt an ldap:// connection before anything is said. Not needed for ldaps://.':
    'Eine ldap://-Verbindung verschlüsseln, bevor etwas gesagt wird. Für ldaps:// nicht nötig.',
  'Trust any certificate': 'Jedem Zertifikat trauen',
  'Encrypts without knowing with whom: only for trying out. A certificate authority below is the right way.':
    'Verschlüsselt, ohne zu wissen mit wem: nur zum Ausprobieren. Richtig ist eine Zertifizierungsstelle, siehe unten.',
  'CA file': 'CA-Datei',
  'Path of a PEM file with the authority that signed the directory’s certificate.':
    'Pfad einer PEM-Datei mit der Stelle, die das Zertifikat des Verzeichnisses ausgestellt hat.',
  'CA certificate': 'CA-Zertifikat',
  'The same authority as PEM text.': 'Dieselbe Stelle als PEM-Text.',
  'Certificate name': 'Name im Zertifikat',
  'The name in the certificate, where it differs from the address.': 'Der Name im Zertifikat, wo er von der Adresse abweicht.',
  'Kind of directory': 'Art des Verzeichnisses',
  'Fills filters and attribute names as this kind of directory has them, wherever nothing else is set.':
    'Füllt Filter und Attribute so, wie diese Art von Verzeichnis sie nennt, wo nichts anderes gesetzt ist.',
  'Oldest TLS version': 'Älteste TLS-Version',
  'Older ones are refused. Below TLSv1.2 only for a directory that cannot be renewed.':
    'Ältere werden abgelehnt. Unter TLSv1.2 nur für ein Verzeichnis, das sich nicht erneuern lässt.',
  'Client certificate': 'Eigenes Zertifikat',
  'Shown to a directory that asks for one: PEM text, or the path of a PEM file, which is read anew for each connection.':
    'Wird einem Verzeichnis gezeigt, das danach fragt: PEM-Text oder der Pfad einer PEM-Datei, die für jede Verbindung neu gelesen wird.',
  'Key of the client certificate': 'Schlüssel des eigenen Zertifikats',
  'PEM text without a pass phrase, or the path of a PEM file.': 'PEM-Text ohne Passphrase, oder der Pfad einer PEM-Datei.',
  'Bind by certificate': 'Anmelden mit dem Zertifikat',
  'SASL EXTERNAL: the client certificate says who we are, instead of bind DN and password.':
    'SASL EXTERNAL: Das eigene Zertifikat sagt, wer wir sind, statt Bind-DN und Passwort.',
  'Primary groups': 'Primäre Gruppen',
  'Active Directory: a user belongs to the primary group too, which the member attribute leaves out.':
    'Active Directory: Wer dazugehört, gehört auch zur primären Gruppe, die das Attribut der Mitglieder auslässt.',
  'Groups attribute of users': 'Gruppen am Benutzer',
  'memberOf, where groups do not list their members or the bind account may not read them. Empty: groups say who is in them.':
    'memberOf, wo Gruppen ihre Mitglieder nicht aufzählen oder das Konto sie nicht lesen darf. Leer: Die Gruppen sagen, wer dazugehört.',
  'User unique identifier attribute': 'Kennung des Benutzers',
  'Required. Its value must never change: entryUUID, objectGUID, uuid (lldap), nsUniqueId.':
    'Nötig. Der Wert darf sich nie ändern: entryUUID, objectGUID, uuid (lldap), nsUniqueId.',
  'Username attribute': 'Benutzername',
  'Required: uid, sAMAccountName.': 'Nötig: uid, sAMAccountName.',
  'User mail attribute': 'E-Mail',
  'Usually mail.': 'Meist mail.',
  'User first name attribute': 'Vorname',
  'Usually givenName.': 'Meist givenName.',
  'User last name attribute': 'Nachname',
  'Usually sn.': 'Meist sn.',
  'User display name attribute': 'Anzeigename',
  'Falls back to cn, then to first and last name.': 'Sonst cn, sonst Vor- und Nachname.',
  'Display name template': 'Vorlage für Anzeigenamen',
  'Makes the display name of several attributes: {givenName} {sn}. Where none of them has a value, the attribute above counts.':
    'Setzt den Anzeigenamen aus mehreren Attributen zusammen: {givenName} {sn}. Hat keines davon einen Wert, gilt das Attribut darüber.',
  Claims: 'Angaben für Apps',
  'Further attributes for apps, as claim=attribute: department=departmentNumber, title=title. With [] behind the attribute all its values go into a JSON array: roles=employeeType[].':
    'Weitere Attribute für Apps, als Angabe=Attribut: department=departmentNumber, title=title. Mit [] hinter dem Attribut kommen alle Werte in ein JSON-Array: roles=employeeType[].',
  'User profile picture attribute': 'Bild',
  'jpegPhoto or thumbnailPhoto.': 'jpegPhoto oder thumbnailPhoto.',
  'Group members attribute': 'Mitglieder',
  'member, uniqueMember, or memberUid where it holds user names.':
    'member, uniqueMember, oder memberUid, wo es Benutzernamen hält.',
  'Group unique identifier attribute': 'Kennung der Gruppe',
  'Required. Its value must never change: entryUUID, objectGUID, uuid.':
    'Nötig. Der Wert darf sich nie ändern: entryUUID, objectGUID, uuid.',
  'Group name attribute': 'Name der Gruppe',
  'Required. Usually cn.': 'Nötig. Meist cn.',
  'Admin group name': 'Gruppe der Verwaltung',
  'Members of the group with this name become administrators, such as _pocket_id_admins.':
    'Wer in der Gruppe dieses Namens ist, verwaltet hier, etwa _pocket_id_admins.',
  'Nested groups': 'Gruppen in Gruppen',
  'Members of a group inside a group count as members of both.': 'Mitglieder einer Gruppe in einer Gruppe zählen zu beiden.',
  'Keep users who left': 'Wer geht, wird nur gesperrt',
  'A user gone from the directory is disabled and keeps the passkeys. Off: the user is removed.':
    'Wer aus dem Verzeichnis verschwindet, wird gesperrt und behält die Passkeys. Aus: Das Konto wird entfernt.',
  'Respect disabled accounts': 'Gesperrte Konten achten',
  'An account that is disabled, locked or expired in the directory is disabled here.':
    'Ein Konto, das im Verzeichnis gesperrt oder abgelaufen ist, ist auch hier gesperrt.',
  'Largest share to remove': 'Größter Anteil, der gehen darf',
  'A run that would disable or remove more than this share of the users or groups is refused, in percent.':
    'Ein Lauf, der mehr als diesen Anteil der Benutzer oder Gruppen sperren oder entfernen würde, wird abgelehnt; in Prozent.',
  'Page size': 'Seitengröße',
  'How many entries to ask for at a time.': 'Wie viele Einträge auf einmal erfragt werden.',
}

const refusals = {
  'Something went wrong on the server. The log holds the cause under this request id.':
    'Auf dem Server ist etwas schiefgegangen. Die Ursache steht im Protokoll unter dieser Anfrage.',
  'Some values are not valid. See details.fields.': 'Manche Werte passen nicht.',
  'The request body is not valid JSON.': 'Die Anfrage ist kein gültiges JSON.',
  'The request took too long.': 'Die Anfrage hat zu lange gedauert.',
  'The request body is too large.': 'Die Anfrage ist zu groß.',
  'There is nothing at this address.': 'Unter dieser Adresse gibt es nichts.',
  'This address does not answer that method.': 'Diese Adresse versteht diese Methode nicht.',
  'This value is already in use.': 'Dieser Wert ist schon vergeben.',
  'You are not allowed to do this.': 'Das dürfen Sie nicht.',
  'You are not signed in.': 'Sie sind nicht angemeldet.',
  'This request came from another site. Open the page here and try again.':
    'Diese Anfrage kam von einer anderen Seite. Öffnen Sie die Seite hier und versuchen Sie es noch einmal.',
  'Too many requests. Try again later.': 'Zu viele Anfragen. Bitte später noch einmal.',
  'The server is busy or stopping. Try again in a moment.': 'Der Server ist beschäftigt oder hält an. Bitte gleich noch einmal.',
  'User not found.': 'Diesen Benutzer gibt es nicht.',
  'User group not found.': 'Diese Gruppe gibt es nicht.',
  'This account is disabled. Ask your administrator.': 'Dieses Konto ist gesperrt. Fragen Sie Ihre Verwaltung.',
  'This is the last enabled administrator. Make somebody else one first.':
    'Das ist das letzte aktive Konto der Verwaltung. Nehmen Sie zuerst jemand anderes dazu.',
  'This needs a browser session; API keys are not accepted here.':
    'Dafür braucht es einen Browser; API-Schlüssel gelten hier nicht.',
  'The API key is not valid.': 'Der API-Schlüssel gilt nicht.',
  'The configuration is set by the environment (UI_CONFIG_DISABLED=true). Change the variables and restart.':
    'Die Einstellungen setzt die Umgebung (UI_CONFIG_DISABLED=true). Ändern Sie die Variablen und starten Sie neu.',
  'Every account needs an e-mail address here (setting requireUserEmail).': 'Hier braucht jedes Konto eine E-Mail-Adresse.',
  'This claim name is reserved.': 'Dieser Name ist reserviert.',
  'A claim name may stand in the list only once.': 'Jeder Name darf nur einmal vorkommen.',
  'No directory is switched on. Set ldapEnabled first.': 'Kein Verzeichnis ist eingeschaltet.',
  'The directory run was refused and changed nothing.': 'Der Lauf wurde abgelehnt und hat nichts geändert.',
  'The directory run failed.': 'Der Lauf ist fehlgeschlagen.',
  'This account comes from LDAP. Remove or disable it in the directory.':
    'Dieses Konto kommt aus LDAP. Entfernen oder sperren Sie es im Verzeichnis.',
  'This group comes from LDAP. Change it in the directory; the next sync brings it here.':
    'Diese Gruppe kommt aus LDAP. Ändern Sie sie im Verzeichnis; der nächste Abgleich bringt es hierher.',
  'The directory cannot be reached.': 'Das Verzeichnis ist nicht zu erreichen.',
  'Another sync is running. Try again when it has ended.': 'Ein anderer Abgleich läuft. Bitte danach noch einmal.',
  'This code is not valid, was already used, or has run out. Ask for a new one.':
    'Dieser Code gilt nicht, wurde schon benutzt oder ist abgelaufen. Bitten Sie um einen neuen.',
  'Open this code in the browser that asked for it.': 'Öffnen Sie diesen Code in dem Browser, der ihn angefordert hat.',
  'The passkey could not be registered. Try again.': 'Der Passkey konnte nicht angelegt werden. Bitte noch einmal.',
  'This passkey was not accepted.': 'Dieser Passkey wurde nicht angenommen.',
  'This passkey did not verify you by PIN, fingerprint or face, which is required here.':
    'Dieser Passkey hat weder PIN noch Fingerabdruck oder Gesicht geprüft; das ist hier nötig.',
  'Passkeys that are synced between devices are not allowed here. Use a security key or this device itself.':
    'Synchronisierte Passkeys sind hier nicht erlaubt. Nehmen Sie einen Sicherheitsschlüssel oder dieses Gerät selbst.',
  'No passkey dialog is under way in this browser. Start again.':
    'In diesem Browser läuft gerade kein Passkey-Dialog. Bitte noch einmal beginnen.',
  'The passkey dialog took too long or was already used. Start again.':
    'Die Passkey-Anfrage hat zu lange gedauert oder wurde schon benutzt. Bitte von vorn.',
  'Confirm with your passkey first.': 'Bestätigen Sie zuerst mit Ihrem Passkey.',
  'There is no such passkey.': 'Diesen Passkey gibt es nicht.',
  'This instance already has an administrator.': 'Dieser Server wird schon verwaltet.',
  'Somebody has already set up this instance. Sign in instead.': 'Jemand hat diesen Server schon eingerichtet. Bitte anmelden.',
}

const faults = {
  'Does not go with ldaps://, which is encrypted already: use one of the two.':
    'Geht nicht mit ldaps://, das schon verschlüsselt ist: nur eins von beiden.',
  'Is missing: name the attribute that never changes, such as entryUUID, objectGUID or uuid.':
    'Fehlt: das Attribut, das sich nie ändert, etwa entryUUID, objectGUID oder uuid.',
  'Is missing: name the attribute with the group’s name, such as cn.': 'Fehlt: das Attribut mit dem Namen der Gruppe, etwa cn.',
  'Is missing: name the attribute with the user name, such as uid or sAMAccountName.':
    'Fehlt: das Attribut mit dem Benutzernamen, etwa uid oder sAMAccountName.',
  'Is missing: set the address of the directory, such as ldap://ldap.example.org.':
    'Fehlt: die Adresse des Verzeichnisses, etwa ldap://ldap.example.org.',
  'Is missing: set where to search, such as dc=example,dc=org.': 'Fehlt: wo gesucht wird, etwa dc=example,dc=org.',
  'Is missing: the bind DN needs a password; without one a directory treats it as anonymous.':
    'Fehlt: Der Bind-DN braucht ein Passwort; ohne gilt er einem Verzeichnis als anonym.',
  'Must be a certificate in PEM form, beginning with -----BEGIN CERTIFICATE-----.':
    'Muss ein Zertifikat im PEM-Format sein, das mit -----BEGIN CERTIFICATE----- beginnt.',
  'Must be a language tag such as en or pt-BR.': 'Muss eine Sprache sein, etwa en oder pt-BR.',
  'Must be a whole number.': 'Muss eine ganze Zahl sein.',
  'Must be an address such as ldap://host:389 or ldaps://host; where to search belongs into LDAP_BASE.':
    'Muss eine Adresse sein wie ldap://host:389 oder ldaps://host; wo gesucht wird, gehört in LDAP_BASE.',
  'Must not hold an account: its name belongs into LDAP_BIND_DN, its password into LDAP_BIND_PASSWORD.':
    'Darf kein Konto enthalten: Der Name gehört in LDAP_BIND_DN, das Kennwort in LDAP_BIND_PASSWORD.',
  'Must be an address that begins with https:// or http://.': 'Muss eine Adresse sein, die mit https:// oder http:// beginnt.',
  'Must be IPv# ranges such as #:db#:#::/#.': 'Müssen IPv#-Bereiche sein, etwa #:db#:#::/#.',
  'Must be an e-mail address such as ada@example.org.': 'Muss eine E-Mail-Adresse sein wie ada@example.org.',
  'Must be letters and digits; _ . @ and - may stand between them.': 'Nur Buchstaben und Ziffern; dazwischen _ . @ und -.',
  'Must be the name of one attribute, such as mail.': 'Muss der Name eines Attributs sein, etwa mail.',
  'Must be true or false.': 'Muss true oder false sein.',
  'Must begin with a parenthesis, such as (objectClass=person).': 'Muss mit einer Klammer beginnen, etwa (objectClass=person).',
  'Must have at least # characters.': 'Braucht mindestens # Zeichen.',
  'Must have at most # characters.': 'Darf höchstens # Zeichen haben.',
  'Must be at least #.': 'Muss mindestens # sein.',
  'Must be at most #.': 'Darf höchstens # sein.',
  'Must name a host, such as ldap://ldap.example.org.': 'Muss einen Rechner nennen, etwa ldap://ldap.example.org.',
  'Must not be empty.': 'Darf nicht leer sein.',
  'Must not hold control characters.': 'Darf keine Steuerzeichen enthalten.',
  'Use either the CA file or the certificate, not both.': 'Entweder die CA-Datei oder das Zertifikat, nicht beide.',
}

const navigation = {
  'My account': 'Mein Konto',
  Users: 'Benutzer',
  Groups: 'Gruppen',
  Directory: 'Verzeichnis',
  Configuration: 'Einstellungen',
  Apps: 'Apps',
  'My apps': 'Meine Apps',
}

/** What is not in the list stays English. A test compares it with every label, help and refusal there is. */
export const deSentences: Readonly<Record<string, string>> = {
  ...settings,
  ...ldap,
  ...refusals,
  ...faults,
  ...navigation,
  ...appSentences,
  ...deviceSentences,
  ...directorySentences,
  ...mailSentences,
  ...namedSentences,
}
