const MENTION = /<@([0-9A-Za-z_-]{1,64})>/g
const PREVIEW = 140
// The beginning of a mention that the end of a preview cut off.
const CUT_MENTION = /<@[0-9A-Za-z_-]{0,64}$/

/**
 * The users whom a text mentions, each once: `<@userId>`. A backslash before it makes it plain text, and a backslash
 * before that one is only a backslash.
 */
export function mentionedIn(text: string): string[] {
  // Most texts have none, and every post asks.
  if (!text.includes('<@')) return []
  const found = [...text.matchAll(MENTION)].filter(({ index }) => !isEscaped(text, index))
  return [...new Set(found.flatMap(([, userId]) => userId ?? []))]
}

/** The beginning of a text, 140 characters at most, that does not end within a mention. */
export function previewOf(text: string): string {
  // A character has one or two UTF-16 units.
  const start = [...text.slice(0, 2 * PREVIEW)].slice(0, PREVIEW).join('')
  return start.length === text.length ? start : start.replace(CUT_MENTION, '')
}

function isEscaped(text: string, index: number): boolean {
  let slashes = 0
  while (text[index - 1 - slashes] === '\\') slashes += 1
  return slashes % 2 === 1
}
