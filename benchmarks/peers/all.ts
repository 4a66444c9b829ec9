import { axiosAuthRefresh, axiosInterceptor } from './axios.ts'
import { badgateway, fetchExtras, openidClient, simpleOAuth2 } from './fetch-libraries.ts'
import { kyRecipe, staticHook } from './ky-hooks.ts'
import { oauthkit, oauthkitFetch } from './oauthkit.ts'
import type { Peer } from './peer.ts'
import { azure, google, octokit } from './platforms.ts'

/** All peers, in the order in which tables show them. */
export const peers: readonly Peer[] = [
  oauthkit,
  oauthkitFetch,
  staticHook,
  kyRecipe,
  badgateway,
  openidClient,
  simpleOAuth2,
  fetchExtras,
  google,
  azure,
  axiosInterceptor,
  axiosAuthRefresh,
  octokit,
]

/** The peers that get new tokens, each way of getting them once. A check of the program takes some of them. */
export const renewingPeers = (isQuick: boolean): readonly Peer[] =>
  peers.filter((peer) => peer !== staticHook && peer !== oauthkitFetch).slice(0, isQuick ? 3 : undefined)

export function findPeer(name: string): Peer {
  const peer = peers.find((candidate) => candidate.name === name)
  if (!peer) throw new Error(`no peer has the name ${name}`)
  return peer
}
