import { nameById } from './people'

export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'link'; text: string; url: string }
  | { kind: 'code'; text: string }
  | { kind: 'mention'; userId: string; text: string }
  | { kind: 'everyone'; text: string }

const PIECES =
  /(\\*)<@([0-9A-Za-z_-]{1,64})>|(https?:\/\/[^\s<>"]+)|`([^`\n]+)`|(@(?:everyone|room)\b)/g

/** What of a message is a link, a mention or code. */
export function piecesOf(text: string, mentionsRoom = false): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  const plain = (to: number) => {
    if (to > end) pieces.push({ kind: 'text', text: text.slice(end, to) })
  }
  for (const match of text.matchAll(PIECES)) {
    const [whole, slashes = '', userId, url, code, everyone] = match
    const at = match.index
    if (userId) {
      plain(at + slashes.length)
      if (slashes.length % 2 === 1) {
        // A backslash makes it plain text.
        end = at + slashes.length
        continue
      }
      pieces.push({ kind: 'mention', userId, text: `@${nameById(userId)}` })
    } else if (url) {
      const bare = url.replace(/[.,;:!?'")\]]+$/, '')
      plain(at)
      pieces.push({ kind: 'link', text: bare, url: bare })
      end = at + bare.length
      continue
    } else if (code) {
      plain(at)
      pieces.push({ kind: 'code', text: code })
    } else if (everyone && mentionsRoom) {
      plain(at)
      pieces.push({ kind: 'everyone', text: everyone })
    } else continue
    end = at + whole.length
  }
  plain(text.length)
  return pieces
}

/** For a line in a list. */
export const plainText = (text: string): string =>
  piecesOf(text)
    .map((piece) => piece.text)
    .join('')

/** What somebody edits: names in the place of ids. Answers the text, and who is meant by each name. */
export function forEditing(text: string): { text: string; mentions: Map<string, string> } {
  const mentions = new Map<string, string>()
  const pieces = piecesOf(text).map((piece) => {
    if (piece.kind === 'mention') mentions.set(piece.text, piece.userId)
    return piece.kind === 'code' ? `\`${piece.text}\`` : piece.text
  })
  return { text: pieces.join(''), mentions }
}

/** What is sent: ids in the place of names. Longer names first, since one may begin another. */
export function forSending(text: string, mentions: ReadonlyMap<string, string>): string {
  let sent = text
  const names = [...mentions.keys()].sort((a, b) => b.length - a.length)
  for (const name of names) sent = sent.replaceAll(name, `<@${mentions.get(name)}>`)
  return sent
}

const ONLY_EMOJI = /^(?:\s*\p{RGI_Emoji}){1,5}\s*$/v

export const isOnlyEmoji = (text: string): boolean => ONLY_EMOJI.test(text)
