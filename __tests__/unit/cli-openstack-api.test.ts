import { OpenStackApi } from "../../cli/recovery/openstackApi";
import { UserError } from "../../cli/userError";

test("a cloud that does not answer is told with its address and what to do, without a stack or the password", async () => {
  const login = {
    // Port 1 is nobody's.
    authUrl: "https://127.0.0.1:1/v3",
    userName: "automation",
    password: "planted-password",
    userDomainName: "d",
    region: "RegionOne",
    cacertFile: "",
  };
  const failed = await OpenStackApi.connect(login).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(UserError);
  expect((failed as Error).message).toMatch(/127\.0\.0\.1:1\/v3.*ECONNREFUSED.*npm run up/);
  expect((failed as Error).message).not.toContain("planted");
});
