// npm run installed, before whatever needs the packages; npm run secrets is its sibling.
import { install } from './start/install.mjs'
import { giveUp } from './start/refusal.mjs'

install().catch(giveUp)
