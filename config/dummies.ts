/**
 * Stand-ins for what only the site knows, so that anybody can preview the stack: a first preview shows all resources, with
 * these values where the site's would be. An `up` is refused while one of them is in use.
 */
import type { SiteFacts } from "./read";
import type { SiteSecrets } from "./types";

/** Address and key of a documentation network (RFC 5737). */
export const DUMMY_FACTS: SiteFacts = {
  bastionHost: "192.0.2.1",
  bastionHostKey:
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
};

export const DUMMY_SECRETS: SiteSecrets = {
  bastionPrivateKey: "stand-in of a preview, not a PRIVATE KEY",
  maasApiKey: "stand-in:of:preview",
  caPrivateKeyPem: "stand-in of a preview, not a PRIVATE KEY",
  automationPassword: "stand-in-of-a-preview",
  databasePassword: "stand-in-of-a-preview",
  powerPassword: "stand-in-of-a-preview",
};

/** A certificate whose private key was thrown away: the OpenStack provider reads its CA in previews too. */
export const DUMMY_CA = `-----BEGIN CERTIFICATE-----
MIIBuDCCAV2gAwIBAgIUW7fCHEyNnfr1Nte0XbAxBhWO5lUwCgYIKoZIzj0EAwIw
MDEuMCwGA1UEAwwlcHJpdmF0ZS1jbG91ZCBzdGFuZC1pbiBDQSBvZiBwcmV2aWV3
czAgFw0yNjExMjQxOTIwMThaGA8yMTI2MTAzMTE5MjAxOFowMDEuMCwGA1UEAwwl
cHJpdmF0ZS1jbG91ZCBzdGFuZC1pbiBDQSBvZiBwcmV2aWV3czBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABJa/eOVOMYjlti960vG9SHaUOmHy0fuNxdSLmEinzxFQ
6HNDNm6AM/7SM76hEZ2dvCJQaOxsalTv0hdJ0z9ncMCjUzBRMB0GA1UdDgQWBBTD
NTpYyKVfjyg2CHO1ejGkh8cijjAfBgNVHSMEGDAWgBTDNTpYyKVfjyg2CHO1ejGk
h8cijjAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQC6MdAw0zjv
Hl44TSipFz3f8Pf2wX2IMSkV9WELJ94JHAIhAL7udUhcJHmDw6CBO3s1lVGp+Uk5
6iGIXhUwH25QxjCB
-----END CERTIFICATE-----
`;
