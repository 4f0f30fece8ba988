"""Signs operators in with OpenID Connect: the authorization-code flow with PKCE."""
