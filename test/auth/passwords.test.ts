import { describe, expect, it } from 'vitest'
import * as passwords from '../../src/auth/passwords'

describe('a password hash', () => {
  it('names its parameters and verifies only its password', async () => {
    const phc = await passwords.hash('correct horse', 4)
    expect(phc).toMatch(/^\$scrypt\$ln=4,r=8,p=5\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(await passwords.verify('correct horse', phc)).toBe(true)
    expect(await passwords.verify('correct horsE', phc)).toBe(false)
  })

  it('has its own salt', async () => {
    expect(await passwords.hash('same', 4)).not.toBe(await passwords.hash('same', 4))
  })

  // RFC 7914, section 12.
  it('matches the test vector of scrypt', async () => {
    const salt = Buffer.from('NaCl').toString('base64').replaceAll('=', '')
    const key = Buffer.from(
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
      'hex',
    )
    // A shorter key is the start of a longer one, because PBKDF2 makes keys in blocks of 32 bytes.
    const first = key.subarray(0, 32).toString('base64').replaceAll('=', '')
    expect(await passwords.verify('password', `$scrypt$ln=10,r=8,p=16$${salt}$${first}`)).toBe(true)
  })

  it('verifies with its own parameters, and needs a rehash at a higher cost', async () => {
    const phc = await passwords.hash('old', 3)
    expect(await passwords.verify('old', phc)).toBe(true)
    expect(passwords.needsRehash(phc, 4)).toBe(true)
    expect(passwords.needsRehash(phc, 3)).toBe(false)
  })

  it('that is the dummy takes the same work and matches no password', async () => {
    const parameters = (phc: string) => phc.split('$').slice(0, 3)
    const none = passwords.dummyHash(4)
    expect(parameters(none)).toEqual(parameters(await passwords.hash('some', 4)))
    expect(none).toHaveLength((await passwords.hash('some', 4)).length)
    expect(await passwords.verify('', none)).toBe(false)
  })

  it('fits the production parameters into the memory limit', async () => {
    expect(await passwords.verify('x', await passwords.hash('x', 14))).toBe(true)
  })
})
