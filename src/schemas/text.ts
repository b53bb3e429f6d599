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
// Controls, format and bidi characters, private use, what is not assigned, separators of lines: nothing of it is seen.
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u
// U+2800 is a blank Braille pattern.
const BLANK = /[\s\u2800\p{Default_Ignorable_Code_Point}]/gu

interface Rules {
  min: number
  max: number
  multiline: boolean
  isName: boolean
}

function flawIn(text: string, { min, max, multiline, isName }: Rules): string | undefined {
  if (!text.isWellFormed()) return 'must be well-formed Unicode'
  if (isName) {
    // Emoji are joined by characters that are refused elsewhere.
    const rest = text.replace(EMOJI, 'x')
    if (UNSEEN.test(rest)) return 'must not contain invisible characters'
    if (rest !== '' && rest.replace(BLANK, '') === '') return 'must not be blank'
  }
  if (control(text, multiline)) return 'must not contain control characters'
  if (!hasAtLeast(text, min)) return `must have at least ${min} characters`
  if (!hasAtMost(text, max)) return `must have at most ${max} characters`
  return min > 0 && text.trim() === '' ? 'must not be blank' : undefined
}

/**
 * Text that users write: well-formed Unicode without control characters, normalised to NFC and otherwise
 * stored as written. A name (`isName`) has nothing invisible but in emoji, and something visible. Lengths are code points after NFC, as JSON Schema counts `maxLength`.
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
