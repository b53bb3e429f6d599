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

function flawIn(text: string, min: number, max: number, multiline: boolean): string | undefined {
  if (!text.isWellFormed()) return 'must be well-formed Unicode'
  if (control(text, multiline)) return 'must not contain control characters'
  if (!hasAtLeast(text, min)) return `must have at least ${min} characters`
  if (!hasAtMost(text, max)) return `must have at most ${max} characters`
  return min > 0 && text.trim() === '' ? 'must not be blank' : undefined
}

/**
 * Text that users write: well-formed Unicode without control characters, normalised to NFC and otherwise
 * stored as written. Lengths are code points after NFC, as JSON Schema counts `maxLength`.
 */
export const text = (min: number, max: number, { multiline = false } = {}) =>
  z
    .string()
    .overwrite((value) => value.normalize('NFC'))
    .superRefine((value, { addIssue }) => {
      const message = flawIn(value, min, max, multiline)
      if (message) addIssue({ code: 'custom', message })
    })
    .meta({ minLength: min, maxLength: max })
