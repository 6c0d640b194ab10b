/** An address that may be followed, and what has to stand beside its words. */
export interface SafeLink {
  href: string;
  /** Where it leads, where the words do not say so themselves: a host in ASCII, or an e-mail address. */
  target?: string;
}

const PROTOCOLS = ['http:', 'https:', 'mailto:'];
const LONGEST_HREF = 2048;

// Bidi controls and invisible characters: in an address they only ever pretend.
const pretences = /[\p{Cc}\p{Cf}\s]/gu;

/**
 * What `href` may lead to when `words` are pressed: http, https and mailto, with nothing relative and no password.
 * A host in look-alike letters is told as `xn--…`, and a host that the words do not show is told beside them.
 */
export function safeLink(href: string, words: string): SafeLink | undefined {
  const address = href.replace(pretences, '');
  if (address.length > LONGEST_HREF || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (!PROTOCOLS.includes(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const isMail = url.protocol === 'mailto:';
  const target = isMail ? url.pathname : url.host;
  if (target === '') return undefined;
  const shown = words.trim().toLowerCase();
  // The words have to begin with the host, because `example.com.evil.net` and `evil.net/example.com` hold it, too.
  const beginning = isMail ? /^(mailto:)?/ : /^(https?:\/\/)?/;
  const rest = shown.replace(beginning, '');
  const isShown = rest.startsWith(target) && /^([/?#]|$)/.test(rest.slice(target.length));
  return isShown ? { href: url.href } : { href: url.href, target };
}
