import type { Factors, Me } from '../../../client/protocol'

/** What each block of 'Sign-in and security' is given. `onChange` reads the factors again. */
export interface SecurityProps {
  me: Me
  factors: Factors
  onChange: () => void
}

/** One way to prove who one is. It calls `onProven` once the service has accepted the proof. */
export interface ProofProps {
  factors: Factors
  onProven: () => void
}
