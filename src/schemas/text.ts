import { z } from 'zod'

const codePoints = (text: string) => [...text].length
// Everything below U+0020 but tab, line feed and carriage return, and DEL.
const control = (text: string, multiline: boolean) =>
  multiline
    ? // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text)
    : // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
      /[\u0000-\u001f\u007f]/.test(text)

/**
 * Text of people: well-formed Unicode, normalised to NFC and counted in code points after that
 * (JSON Schema counts `maxLength` in the same way), stored as written otherwise.
 */
export const text = (min: number, max: number, { multiline = false } = {}) =>
  z
    .string()
    .overwrite((value) => value.normalize('NFC'))
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')
    .refine((value) => !control(value, multiline), 'must not contain control characters')
    .refine((value) => codePoints(value) >= min, `must have at least ${min} characters`)
    .refine((value) => codePoints(value) <= max, `must have at most ${max} characters`)
    .refine((value) => min === 0 || value.trim() !== '', 'must not be blank')
    .meta({ minLength: min, maxLength: max })
