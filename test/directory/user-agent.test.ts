import { expect, it } from 'vitest'
import * as deviceNames from '../../src/directory/user-agent'

it.each([
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
    'Edge on Windows',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
    'Chrome on macOS',
  ],
  [
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36',
    'Chrome on Android',
  ],
  [
    'Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0 Mobile/15E148 Safari/604.1',
    'Chrome on iPad',
  ],
  ['curl/8.14.1', 'curl'],
  ['Mozilla/5.0 (compatible; something)', 'Browser'],
  ['<script>alert(1)</script>', 'unknown device'],
  [undefined, 'unknown device'],
])('%s is %s', (userAgent, name) => {
  expect(deviceNames.deviceName(userAgent)).toBe(name)
})

it('a device name has at most 64 characters before the system', () => {
  expect(deviceNames.deviceName('x'.repeat(5_000))).toBe('x'.repeat(64))
})
