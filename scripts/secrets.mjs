import { makeSecret } from './start/token-secret.mjs'

makeSecret()
