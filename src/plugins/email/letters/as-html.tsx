// Pure: a letter for those who read HTML. Tables and styles in place, because that is what mail programs understand.
import type { Letter } from './compose.ts'

export interface Look {
  readonly language: string
  readonly appName: string
  /** A colour that mail programs know, and the one that is read on it. */
  readonly accent: { readonly back: string; readonly text: string }
  /** Where the logo is: a part of the same letter, so that nothing is fetched. */
  readonly logo: string | undefined
}

const font = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const styles = {
  page: `margin:0;padding:0;background:#f5f5f4;${font}`,
  sheet: 'max-width:560px;margin:0 auto;background:#ffffff;border-radius:12px;border:1px solid #e7e5e4',
  text: 'overflow-wrap:anywhere;margin:0 0 16px;font-size:16px;line-height:1.5;color:#1c1917',
  quiet: 'margin:0;font-size:14px;line-height:1.5;color:#57534e;overflow-wrap:anywhere',
  title: 'margin:0 0 16px;font-size:24px;line-height:1.25;font-weight:600;color:#1c1917',
  code: 'margin:0 0 16px;padding:16px;text-align:center;font:600 28px/1.2 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;letter-spacing:4px;color:#1c1917;background:#f5f5f4;border-radius:8px',
  label: 'padding:4px 16px 4px 0;font-size:14px;color:#57534e;vertical-align:top;white-space:nowrap',
  value: 'padding:4px 0;font-size:14px;color:#1c1917;vertical-align:top',
}
/** For programs that know the reader's wish; the others show it light. */
const dark =
  '@media (prefers-color-scheme:dark){.page{background:#0c0a09!important}.sheet{background:#1c1917!important;border-color:#292524!important}.ink{color:#fafaf9!important}.quiet{color:#a8a29e!important}.code{background:#0c0a09!important;color:#fafaf9!important}}'

export const asHtml = (letter: Letter, look: Look): string =>
  `<!doctype html>${(<Page letter={letter} look={look} />).toString()}`

const Page = ({ letter, look }: { readonly letter: Letter; readonly look: Look }) => (
  <html lang={look.language}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="supported-color-schemes" content="light dark" />
      <title>{letter.subject}</title>
      <style dangerouslySetInnerHTML={{ __html: dark }} />
    </head>
    <body class="page" style={styles.page}>
      <main>
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0">
          <tr>
            <td style="padding:32px 16px">
              <table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="sheet" style={styles.sheet}>
                <tr>
                  <td style="padding:32px">
                    <Head look={look} />
                    <Matter letter={letter} look={look} />
                  </td>
                </tr>
              </table>
              <p class="quiet" style={`${styles.quiet};max-width:560px;margin:16px auto 0;text-align:center`}>
                {letter.footer}
              </p>
            </td>
          </tr>
        </table>
      </main>
    </body>
  </html>
)

const Head = ({ look }: { readonly look: Look }) => (
  <p style="margin:0 0 24px">
    {look.logo ? (
      <img src={look.logo} alt={look.appName} height={40} style="height:40px;max-width:240px;border:0" />
    ) : (
      <strong class="ink" style={`font-size:16px;color:#1c1917;border-left:4px solid ${look.accent.back};padding-left:10px`}>
        {look.appName}
      </strong>
    )}
  </p>
)

const Matter = ({ letter, look }: { readonly letter: Letter; readonly look: Look }) => (
  <>
    <h1 class="ink" style={styles.title}>
      {letter.title}
    </h1>
    {[letter.greeting, ...letter.paragraphs].map((paragraph) => (
      <p class="ink" style={styles.text}>
        {paragraph}
      </p>
    ))}
    {letter.code && (
      <p class="code" style={styles.code}>
        {letter.code}
      </p>
    )}
    {letter.codeHint && (
      <p class="quiet" style={`${styles.quiet};margin-bottom:16px`}>
        {letter.codeHint}
      </p>
    )}
    {letter.facts && (
      <table role="presentation" cellpadding="0" cellspacing="0" style="margin:0 0 16px">
        {letter.facts.map(([label, value]) => (
          <tr>
            <td class="quiet" style={styles.label}>
              {label}
            </td>
            <td class="ink" style={styles.value}>
              {value}
            </td>
          </tr>
        ))}
      </table>
    )}
    {letter.button && (
      <p style="margin:0 0 24px">
        <a
          href={letter.button.href}
          style={`display:inline-block;padding:12px 24px;font-size:16px;font-weight:600;text-decoration:none;border-radius:8px;background:${look.accent.back};color:${look.accent.text}`}
        >
          {letter.button.label}
        </a>
      </p>
    )}
    {letter.after && (
      <p class="quiet" style={styles.quiet}>
        {letter.after}
      </p>
    )}
  </>
)
