package dev.sluice.node.host.fake;

import dev.sluice.node.host.Chap;
import dev.sluice.node.host.IscsiTarget;
import dev.sluice.node.host.IscsiTargets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class FakeIscsiTargets implements IscsiTargets {
    record Served(IscsiTarget target, Chap chap, FakeDevice device) {}

    private final FakeKernel kernel;
    private final Faults faults;
    private final Map<String, Served> served = new LinkedHashMap<>();

    FakeIscsiTargets(FakeKernel kernel, Faults faults) {
        this.kernel = kernel;
        this.faults = faults;
    }

    @Override
    public List<IscsiTarget> list() {
        return faults.look(
                "IscsiTargets.list",
                () -> served.values().stream().map(Served::target).toList());
    }

    @Override
    public void ensure(IscsiTarget target, Chap chap) {
        faults.mutate("IscsiTargets.ensure " + target.iqn(), () -> {
            FakeDevice device = kernel.device(target.devicePath());
            Served old = served.remove(target.iqn());
            if (old != null) {
                old.device().release(FakeDevice.Claim.TARGET, target.iqn());
            }
            device.claim(FakeDevice.Claim.TARGET, target.iqn());
            served.put(target.iqn(), new Served(target, chap, device));
        });
    }

    @Override
    public void remove(String iqn) {
        faults.mutate("IscsiTargets.remove " + iqn, () -> {
            Served old = served.remove(iqn);
            if (old != null) {
                old.device().release(FakeDevice.Claim.TARGET, iqn);
            }
        });
    }

    /** What a login, or a re-login, of this initiator with these secrets meets. */
    Optional<Served> admit(String iqn, String initiator, Chap chap) {
        return Optional.ofNullable(served.get(iqn))
                .filter(each -> each.target().initiator().equals(initiator))
                .filter(each -> each.chap().equals(chap));
    }

    void losePower() {
        served.clear();
    }
}
