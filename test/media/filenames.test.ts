import { expect, it } from 'vitest'
import { safeFilename } from '../../src/media/filenames'
import { formatOf } from '../../src/media/formats'

it.each([
  ['\u200b.png', 'image.png'],
  ['\u3164\u2800.png', 'image.png'],
  ['👨‍👩‍👧.png', '👨‍👩‍👧.png'],
  ['می‌خواهم.png', 'می‌خواهم.png'],
])('a file called %j is shown as %j', (given, shown) => {
  expect(safeFilename(given, formatOf('image/png'))).toBe(shown)
})
