// A real identity provider (oidc-provider) for the tests of single sign-on, with people as Entra ID tells of them: `oid`, `tid` and
// app `roles`. Prints its issuer on the first line. Whoever's cookie `who` names somebody is signed in as them, without a page.
// What never lives here: tokens that are wrong on purpose (tests/it/console/forged.rs makes those).
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const people = {
  kim: { oid: "00000000-0000-0000-0000-00000000000a", tid: "11111111-1111-1111-1111-111111111111", roles: ["Waymark.Kent"], name: "Kim Marsh", preferred_username: "Kim.Marsh@council.example" },
  outsider: { oid: "00000000-0000-0000-0000-00000000000b", tid: "11111111-1111-1111-1111-111111111111", roles: ["Somebody.Else"], name: "Out Sider", preferred_username: "out@council.example" },
};

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: "waymark", client_secret: "a secret of the tests", redirect_uris: [process.env.REDIRECT], response_types: ["code"], grant_types: ["authorization_code"] }],
    claims: { openid: ["sub", "oid", "tid", "roles"], profile: ["name", "preferred_username"] },
    conformIdTokenClaims: false,
    cookies: { keys: [randomBytes(16).toString("hex")] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, ...people[id] }) }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
  });
  const interact = async (request, response) => {
    const { prompt, params, session } = await provider.interactionDetails(request, response);
    if (prompt.name === "login") {
      const accountId = /who=([a-z]+)/.exec(request.headers.cookie ?? "")?.[1];
      return provider.interactionFinished(request, response, { login: { accountId } }, { mergeWithLastSubmission: false });
    }
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    const consent = { grantId: await grant.save() };
    return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
  };
  const serve = provider.callback();
  server.on("request", (request, response) => {
    if (!request.url.startsWith("/interaction/")) return serve(request, response);
    return interact(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  console.log(issuer);
});
