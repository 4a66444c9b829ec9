import {
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type Pipeline,
} from '@azure/core-rest-pipeline'
import { request as octokit } from '@octokit/request'
import { create, type AxiosInstance } from 'axios'
import { Gaxios } from 'gaxios'
import ky, { type KyInstance } from 'ky'
import { network, type Answer, type Base, type Client, type Method } from './peer.ts'

const json = { 'content-type': 'application/json' }

/** The options of a call by `fetch`. */
export const fetchOptions = (method = 'GET', body?: string): RequestInit =>
  body === undefined ? { method } : { method, body, headers: json }

// How each client sends a call. A peer uses the same function as its base, so that a ratio shows the token's cost only.

export const sendByFetch =
  (send: typeof fetch): Client =>
  (url, method, body) =>
    send(url, fetchOptions(method, body))

export const sendByKy =
  (api: KyInstance): Client =>
  (url, method, body) =>
    api(url, fetchOptions(method, body))

export const sendByAxios =
  (api: AxiosInstance): Client =>
  (url, method = 'GET', body) =>
    api.request({ url, method, data: body, headers: body === undefined ? {} : json })

export const createAxios = () => create({ adapter: 'fetch', env: { fetch: network } })

/** What is used of a Gaxios, and of the clients that are made of one. */
type GaxiosClient = {
  request(options: { url: string; method: Method; data?: string; headers?: Record<string, string> }): Promise<Answer>
}

export const sendByGaxios =
  (api: GaxiosClient): Client =>
  (url, method = 'GET', body) =>
    api.request({ url, method, ...(body !== undefined && { data: body, headers: json }) })

export const sendByOctokit =
  (api: typeof octokit): Client =>
  (url, method = 'GET', body) =>
    api({ url, method, ...(body !== undefined && { data: body, headers: json }) })

export const createOctokit = (baseUrl: string) => octokit.defaults({ baseUrl, request: { fetch: network } })

/** Sends over `fetch`, and without TLS, which the policy for tokens requires in the URL. */
const withoutTls: HttpClient = {
  async sendRequest(request) {
    const { method, headers, body } = request
    const response = await network(request.url.replace('https:', 'http:'), {
      method,
      headers: Object.fromEntries(headers),
      ...(typeof body === 'string' && { body }),
    })
    return { request, status: response.status, headers: createHttpHeaders(), bodyAsText: await response.text() }
  },
}

export const sendByPipeline =
  (pipeline: Pipeline): Client =>
  (url, method = 'GET', body) => {
    const request = createPipelineRequest({ url: url.replace('http:', 'https:'), method })
    if (body !== undefined) {
      request.body = body
      request.headers.set('content-type', 'application/json')
    }
    return pipeline.sendRequest(withoutTls, request)
  }

/** Each client without a token. */
export const bases: Readonly<Record<Base, (apiOrigin: string) => Client>> = {
  fetch: () => sendByFetch(network),
  ky: () => sendByKy(ky.create({})),
  axios: () => sendByAxios(createAxios()),
  gaxios: () => sendByGaxios(new Gaxios({ fetchImplementation: network })),
  'core-rest-pipeline': () => sendByPipeline(createEmptyPipeline()),
  '@octokit/request': (apiOrigin) => sendByOctokit(createOctokit(apiOrigin)),
}
