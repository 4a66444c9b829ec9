import { expect, test } from 'vitest'
import { rememberSignIn, takeSignIn } from '../src/login/sign-ins.ts'

const signIn = (state: string) => ({ state, nonce: 'nonce', codeVerifier: 'verifier', issuer: 'https://id.example' })

test('a sign-in that was taken is gone, and the others are there', () => {
  const session = {}
  rememberSignIn(session, signIn('one'))
  rememberSignIn(session, signIn('two'))
  expect(takeSignIn(session, 'one')).toEqual(signIn('one'))
  expect(session).toEqual({ signIns: { two: signIn('two') }, usedStates: ['one'] })
  expect(takeSignIn(session, 'one')).toBe('used')
})

test('five may be open at once: the oldest are given up', () => {
  const session = {}
  for (let number = 1; number <= 7; number += 1) rememberSignIn(session, signIn(`state-${number}`))
  expect(takeSignIn(session, 'state-2')).toBe('unknown')
  expect(takeSignIn(session, 'state-3')).toEqual(signIn('state-3'))
})
