import { z } from 'zod'

const codePoints = (text: string) => [...text].length
// A code point has one or two UTF-16 units, so the length alone almost always decides without counting.
const hasAtLeast = (text: string, min: number) => text.length >= 2 * min || codePoints(text) >= min
const hasAtMost = (text: string, max: number) => text.length <= max || codePoints(text) <= max
// Everything below U+0020 except tab, line feed and carriage return, and DEL.
const control = (text: string, multiline: boolean) =>
  multiline
    ? // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text)
    : // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
      /[\u0000-\u001f\u007f]/.test(text)

const EMOJI = /\p{RGI_Emoji}/gv
// Persian and Indic scripts join and part letters with these, which then change how a word looks.
const JOINED =
  /(?<=[\p{scx=Arab}\p{scx=Syrc}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}])[\u200c\u200d](?=[\p{L}\p{M}])/gu
// Of a name: controls, format and bidi characters, private use, what is not assigned, and every separator but the space.
const UNSEEN = /[[\p{C}\p{Z}]--\u0020]/v
// What renders as nothing, beside white space: U+2800 is a blank Braille pattern, U+1D159 a null notehead.
const BLANK = /[\s\p{C}\p{Z}\u2800\u{1d159}\p{Default_Ignorable_Code_Point}]/gu

/** Whether a reader would see anything of it. */
export const isVisible = (text: string): boolean =>
  // Almost every text begins with something that is seen.
  /^[!-~]/.test(text) || text.replace(EMOJI, 'x').replace(BLANK, '') !== ''

interface Rules {
  min: number
  max: number
  multiline: boolean
  isName: boolean
}

function flawIn(text: string, { min, max, multiline, isName }: Rules): string | undefined {
  if (!text.isWellFormed()) return 'must be well-formed Unicode'
  if (isName && UNSEEN.test(text.replace(EMOJI, 'x').replace(JOINED, ''))) {
    return 'must not contain invisible characters, or spaces other than the common one'
  }
  if (control(text, multiline)) return 'must not contain control characters'
  if (!hasAtLeast(text, min)) return `must have at least ${min} characters`
  if (!hasAtMost(text, max)) return `must have at most ${max} characters`
  return min > 0 && !isVisible(text) ? 'must not be blank' : undefined
}

/**
 * Text that users write: well-formed Unicode without control characters, normalised to NFC and otherwise
 * stored as written. Where it must not be empty, it must be visible. A name (`isName`) is one line without invisible
 * characters; emoji and words of Persian and Indic scripts keep the joiners that they are made with. Lengths are code points after NFC, as JSON Schema counts `maxLength`.
 */
export const text = (min: number, max: number, { multiline = false, isName = false } = {}) =>
  z
    .string()
    .overwrite((value) => value.normalize('NFC'))
    .superRefine((value, { addIssue }) => {
      const message = flawIn(value, { min, max, multiline, isName })
      if (message) addIssue({ code: 'custom', message })
    })
    .meta({ minLength: min, maxLength: max })
