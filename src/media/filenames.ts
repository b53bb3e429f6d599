import { isVisible } from '../schemas/text'
import type { Format } from './formats'

const MAX_LENGTH = 120
// Control characters, and those that reverse text so that `gpj.exe` reads as `exe.jpg`.
const hidden = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/**
 * Makes a name that is safe to show and to save: no path, no hidden characters, a bounded length, and an
 * extension that matches the detected format.
 */
export function safeFilename(given: string | undefined, format: Format | undefined): string {
  const shown = (given ?? '').toWellFormed().normalize('NFC').replace(hidden, '')
  const base = shown.slice(shown.search(/[^/\\]*$/)).replace(/^[\s.]+|[\s.]+$/g, '')
  const { stem, extension } = split(base)
  const right = format?.extensions.includes(extension.toLowerCase()) ?? true
  const last = right ? extension : (format?.extensions[0] as string)
  const first = right || extension === '' ? stem : `${stem}.${extension}`
  const suffix = last === '' ? '' : `.${last}`
  const seen = isVisible(first) ? cut(first, MAX_LENGTH - suffix.length) : (format?.kind ?? 'file')
  return `${seen}${suffix}`
}

function split(name: string): { stem: string; extension: string } {
  const found = /^(.*)\.([A-Za-z0-9]{1,10})$/su.exec(name)
  return found
    ? { stem: found[1] as string, extension: found[2] as string }
    : { stem: name, extension: '' }
}

const cut = (text: string, length: number) => [...text].slice(0, length).join('')
