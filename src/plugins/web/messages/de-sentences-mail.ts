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

export const mailSentences: Readonly<Record<string, string>> = { ...signUp }
