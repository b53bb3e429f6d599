import { expect, it } from 'vitest'
import { pictureAddress } from '../../src/auth/picture-address'

it.each([
  'https://pictures.example.com/ana.png',
  'https://pictures.example.com:443/ana.png?size=96#top',
  'https://EXAMPLE.com',
  'https://bücher.example.com/x',
  'https://a.xn--p1ai/x',
  `https://example.com/${'x'.repeat(2028)}`,
])('%s may be asked for a picture', (address) => {
  expect(pictureAddress(address)?.protocol).toBe('https:')
})

it.each([
  '',
  'ana.png',
  '//pictures.example.com/ana.png',
  'http://pictures.example.com/ana.png',
  'ftp://pictures.example.com/ana.png',
  'data:image/png;base64,iVBORw0KGgo=',
  'javascript:alert(1)',
  'https://',
  'https://pictures.example.com:8443/ana.png',
  'https://pictures.example.com:80/ana.png',
  'https://ana@pictures.example.com/ana.png',
  'https://ana:secret@pictures.example.com/ana.png',
  'https://:secret@pictures.example.com/ana.png',
  'https://pictures.example.com@127.0.0.1/',
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f.0.0.1/',
  'https://0177.0.0.1/',
  'https://１２７.0.0.1/',
  'https://127。0。0。1/',
  'https://127.0.0.1./',
  'https://93.184.215.14/',
  'https://169.254.169.254/latest/meta-data/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/',
  'https://localhost/',
  'https://LOCALHOST/',
  'https://localhost./',
  'https://chat.localhost/',
  'https://ｌocalhost/',
  'https://router/',
  'https://printer.local/',
  'https://metadata.google.internal/',
  'https://wiki.corp/',
  'https://nas.home.arpa/',
  'https://nas.lan/',
  'https://x.onion/',
  'https://pictures.example.com./ana.png',
  'https://pictures..example.com/ana.png',
  'https://example.c/',
  `https://example.com/${'x'.repeat(2029)}`,
  // It is short until it is written out.
  `https://example.com/${'ü'.repeat(500)}`,
])('%s may not', (address) => {
  expect(pictureAddress(address)).toBeUndefined()
})

it('is read from where it was redirected', () => {
  const base = new URL('https://pictures.example.com/u/ana')
  expect(pictureAddress('bo.png', base)?.href).toBe('https://pictures.example.com/u/bo.png')
  expect(pictureAddress('//cdn.example.com/x', base)?.href).toBe('https://cdn.example.com/x')
  expect(pictureAddress('//127.0.0.1/x', base)).toBeUndefined()
  expect(pictureAddress('http:/x', base)).toBeUndefined()
})
