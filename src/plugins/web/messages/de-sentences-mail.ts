// Pure: German for what sign-up and e-mail say in English.

/** Who may make an account, and what it starts with. */
const signUp = {
  'Who may sign up': 'Wer sich registrieren darf',
  'disabled: administrators and the directory make accounts. withToken: whoever has an invitation. open: everybody who reaches this server.':
    'disabled: Konten machen Administratoren und das Verzeichnis. withToken: wer eine Einladung hat. open: wer diesen Server erreicht.',
  'Groups of new accounts': 'Gruppen neuer Konten',
  'Everybody who signs up is put into these groups, beside those of the invitation.':
    'Wer sich registriert, kommt in diese Gruppen, neben denen der Einladung.',
  'Claims of new accounts': 'Claims neuer Konten',
  'Everybody who signs up starts with these custom claims.': 'Wer sich registriert, beginnt mit diesen eigenen Claims.',
  'Must be a list of group ids such as ["3f0c…"].': 'Muss eine Liste von Gruppen-IDs sein, wie ["3f0c…"].',
  'Must be a list of claims such as [{"key":"plan","value":"basic"}].':
    'Muss eine Liste von Claims sein, wie [{"key":"plan","value":"basic"}].',
  'Must not name a claim twice, nor one with a fixed meaning such as sub or email.':
    'Darf keinen Claim zweimal nennen, und keinen mit fester Bedeutung wie sub oder email.',
  'Nobody can sign up here by himself. Ask your administrator for an account.':
    'Hier kann sich niemand selbst registrieren. Bitten Sie Ihren Administrator um ein Konto.',
  'An invitation is needed to sign up here. Ask your administrator for one.':
    'Für die Registrierung braucht es hier eine Einladung. Bitten Sie Ihren Administrator darum.',
  'This invitation is not valid, is used up, or has run out. Ask for a new one.':
    'Diese Einladung gilt nicht, ist verbraucht oder abgelaufen. Bitten Sie um eine neue.',
  'There is no such invitation. Perhaps somebody removed it.':
    'Diese Einladung gibt es nicht. Vielleicht hat sie jemand entfernt.',
  'Must be a whole number from # to #.': 'Muss eine ganze Zahl von # bis # sein.',
}

/** The mail server and its letters. */
const settings = {
  'Mail server': 'Mailserver',
  'Its host name. Empty: no letters are sent.': 'Sein Hostname. Leer: es werden keine Briefe verschickt.',
  Port: 'Port',
  'Empty: 25, with starttls 587, with tls 465.': 'Leer: 25, mit starttls 587, mit tls 465.',
  'Must be a port from 1 to 65535, or empty.': 'Muss ein Port von 1 bis 65535 sein, oder leer.',
  Encryption: 'Verschlüsselung',
  'starttls begins in clear and goes on encrypted, or not at all; tls is encrypted from the start; none sends everything in clear, the password too.':
    'starttls beginnt offen und geht verschlüsselt weiter oder gar nicht; tls ist von Anfang an verschlüsselt; none schickt alles offen, auch das Passwort.',
  Sender: 'Absender',
  'The address that letters come from. Empty: the user name where that is an address, else no-reply at the host of this server.':
    'Die Adresse, von der Briefe kommen. Leer: der Benutzername, wenn er eine Adresse ist, sonst no-reply beim Host dieses Servers.',
  'Must be an e-mail address such as login@example.org.': 'Muss eine E-Mail-Adresse sein, wie login@example.org.',
  'User name': 'Benutzername',
  'Empty: the mail server asks for none.': 'Leer: der Mailserver verlangt keinen.',
  Password: 'Passwort',
  'Of that user at the mail server.': 'Dieses Benutzers beim Mailserver.',
  'Accept any certificate': 'Jedes Zertifikat annehmen',
  'Somebody in between could read every letter, the codes too. For tests.':
    'Jemand dazwischen könnte jeden Brief lesen, auch die Codes. Für Versuche.',
  'Tell people of sign-ins': 'Anmeldungen melden',
  'A letter when somebody signs in with a device or from a place that was not seen before.':
    'Ein Brief, wenn sich jemand mit einem Gerät oder von einem Ort anmeldet, die bisher nicht vorkamen.',
  'Sign-in by e-mail': 'Anmeldung per E-Mail',
  'Whoever cannot use a passkey may ask for a code by e-mail. Then an account is as safe as its mailbox.':
    'Wer keinen Passkey benutzen kann, darf einen Code per E-Mail verlangen. Dann ist ein Konto so sicher wie sein Postfach.',
  'Administrators send links': 'Administratoren schicken Links',
  'An administrator may send somebody a one-time link by e-mail.':
    'Ein Administrator darf jemandem einen Einmal-Link per E-Mail schicken.',
  'Tell of API keys that end': 'Endende API-Schlüssel melden',
  'A letter to its owner a week before an API key ends.': 'Ein Brief an den Besitzer, eine Woche bevor ein API-Schlüssel endet.',
  'Verify e-mail addresses': 'E-Mail-Adressen bestätigen',
  'People prove by a link that an address is theirs; it is sent when they sign up and when they change the address.':
    'Menschen belegen durch einen Link, dass eine Adresse ihnen gehört; er kommt nach der Registrierung und nach einer Änderung der Adresse.',
}

const refusals = {
  'Sign-in links by e-mail are switched off here. Ask your administrator for a one-time code.':
    'Anmeldelinks per E-Mail sind hier ausgeschaltet. Bitten Sie Ihren Administrator um einen Einmalcode.',
  'E-mail addresses are not verified here.': 'E-Mail-Adressen werden hier nicht bestätigt.',
  'This account has no e-mail address. Add one first.': 'Dieses Konto hat keine E-Mail-Adresse. Tragen Sie zuerst eine ein.',
  'This link is not valid, was already used, has run out, or is for another account or address. Ask for a new one.':
    'Dieser Link gilt nicht, wurde schon benutzt, ist abgelaufen oder gehört zu einem anderen Konto oder einer anderen Adresse. Fordern Sie einen neuen an.',
  'The letter could not be sent.': 'Der Brief konnte nicht verschickt werden.',
  'No mail server is set. Name one as SMTP_HOST, or in the configuration.':
    'Es ist kein Mailserver eingetragen. Nennen Sie einen als SMTP_HOST oder in der Konfiguration.',
  'The e-mail address of this account is not one that a mail server takes. Correct it first.':
    'Die E-Mail-Adresse dieses Kontos nimmt kein Mailserver an. Berichtigen Sie sie zuerst.',
}

/** What a mail server does, as email/failures has it. */
const troubles = {
  'The certificate of "*" is not accepted ("*"). Give the server one that this machine trusts (NODE_EXTRA_CA_CERTS names authorities of your own), use the host name in it, or set SMTP_SKIP_CERT_VERIFY to try.':
    'Das Zertifikat von "*" wird nicht angenommen ("*"). Geben Sie dem Server eines, dem diese Maschine vertraut (NODE_EXTRA_CA_CERTS nennt eigene Zertifizierungsstellen), nehmen Sie den Hostnamen, der darin steht, oder setzen Sie zum Versuch SMTP_SKIP_CERT_VERIFY.',
  'No mail server named "*" was found. Check SMTP_HOST.': 'Es gibt keinen Mailserver namens "*". Prüfen Sie SMTP_HOST.',
  'Nothing answers at "*". Check SMTP_HOST and SMTP_PORT.': 'Bei "*" antwortet nichts. Prüfen Sie SMTP_HOST und SMTP_PORT.',
  'There is no way to "*". Check SMTP_HOST and the network.': 'Zu "*" führt kein Weg. Prüfen Sie SMTP_HOST und das Netz.',
  'The mail server "*" takes no password in clear. Set SMTP_TLS to starttls.':
    'Der Mailserver "*" nimmt kein offenes Passwort an. Setzen Sie SMTP_TLS auf starttls.',
  'The mail server "*" refused the user name or the password. Check SMTP_USER and SMTP_PASSWORD.':
    'Der Mailserver "*" hat Benutzername oder Passwort abgelehnt. Prüfen Sie SMTP_USER und SMTP_PASSWORD.',
  'The mail server "*" does not speak TLS from the start. Set SMTP_TLS to starttls, or take the port for tls (# most of the time).':
    'Der Mailserver "*" spricht nicht von Anfang an TLS. Setzen Sie SMTP_TLS auf starttls, oder nehmen Sie den Port für tls (meistens #).',
  'The mail server "*" does not go on encrypted (STARTTLS). Set SMTP_TLS to tls or none, or take another port.':
    'Der Mailserver "*" geht nicht verschlüsselt weiter (STARTTLS). Setzen Sie SMTP_TLS auf tls oder none, oder nehmen Sie einen anderen Port.',
  'The mail server "*" did not answer in time. Check SMTP_HOST and SMTP_PORT, and whether a firewall stands between.':
    'Der Mailserver "*" hat nicht rechtzeitig geantwortet. Prüfen Sie SMTP_HOST und SMTP_PORT, und ob eine Firewall dazwischen steht.',
  'The mail server "*" did not answer in time. Check SMTP_HOST and SMTP_PORT, and whether a firewall stands between. If it speaks TLS from the start, set SMTP_TLS to tls.':
    'Der Mailserver "*" hat nicht rechtzeitig geantwortet. Prüfen Sie SMTP_HOST und SMTP_PORT, und ob eine Firewall dazwischen steht. Wenn er von Anfang an TLS spricht, setzen Sie SMTP_TLS auf tls.',
  'The mail server refused the sender. Check SMTP_FROM.': 'Der Mailserver hat den Absender abgelehnt. Prüfen Sie SMTP_FROM.',
  'The mail server refused the sender, saying "*". Check SMTP_FROM.':
    'Der Mailserver hat den Absender abgelehnt, mit den Worten "*". Prüfen Sie SMTP_FROM.',
  'The mail server refused the recipient.': 'Der Mailserver hat den Empfänger abgelehnt.',
  'The mail server refused the recipient, saying "*".': 'Der Mailserver hat den Empfänger abgelehnt, mit den Worten "*".',
  'The mail server refused the letter.': 'Der Mailserver hat den Brief abgelehnt.',
  'The mail server refused the letter, saying "*".': 'Der Mailserver hat den Brief abgelehnt, mit den Worten "*".',
  'The mail server "*" broke off. Check SMTP_HOST, SMTP_PORT and SMTP_TLS, and its log.':
    'Der Mailserver "*" hat abgebrochen. Prüfen Sie SMTP_HOST, SMTP_PORT und SMTP_TLS, und sein Protokoll.',
  'The mail server "*" broke off, saying "*". Check SMTP_HOST, SMTP_PORT and SMTP_TLS, and its log.':
    'Der Mailserver "*" hat abgebrochen, mit den Worten "*". Prüfen Sie SMTP_HOST, SMTP_PORT und SMTP_TLS, und sein Protokoll.',
}

export const mailSentences: Readonly<Record<string, string>> = { ...signUp, ...settings, ...refusals, ...troubles }
