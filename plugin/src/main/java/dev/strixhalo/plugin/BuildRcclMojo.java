package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.librccl.NodeToolchain;
import dev.strixhalo.rccl.build.RcclBuild;
import dev.strixhalo.rccl.build.RcclPackage;
import dev.strixhalo.rccl.toolchain.ContainerToolchain;
import dev.strixhalo.rccl.toolchain.LocalToolchain;
import dev.strixhalo.rccl.toolchain.Toolchain;
import dev.strixhalo.remote.Nodes;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.inject.Inject;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProjectHelper;
import org.eclipse.aether.RepositorySystem;
import org.jspecify.annotations.Nullable;

/**
 * Compiles RCCL for the GPU from pinned sources, looks into what came out, and attaches it to the build as
 * {@code tar.gz} with the GPU as classifier.
 *
 * <p>The same sources, patches, toolchain and options are compiled once. Instead of {@code <source>} a library that was built
 * before can be named, as {@code <artifact>} or {@code <file>}; it is judged the same way.
 */
@Mojo(name = "build-rccl", defaultPhase = LifecyclePhase.COMPILE, threadSafe = true, configurator = "strixhalo")
public final class BuildRcclMojo extends Goal {
    /** What is compiled, and by what. */
    @Parameter
    private RcclConfiguration rccl = new RcclConfiguration();

    /** The machines, for {@code <toolchain><kind>node</kind>}. */
    @Parameter
    private ClusterConfiguration cluster = new ClusterConfiguration();

    /** The image, whose {@code <from>} is compiled in unless {@code <toolchain>} names another. */
    @Parameter
    private ImageConfiguration image = new ImageConfiguration();

    /** The folder for what may be lost, sources and built libraries among it; {@code ~/.cache/strixhalo} unless set. */
    @Parameter(property = "strixhalo.cache")
    private @Nullable File cache;

    @Inject
    private MavenProjectHelper helper;

    @Inject
    private RepositorySystem repositories;

    @Override
    public void execute() throws MojoFailureException, MojoExecutionException {
        report(() -> {
            rccl.check();
            var finished = new RcclResult(records(), workingFolder(), progress());
            var file = rccl.file(workingFolder());
            boolean changed = true;
            if (rccl.artifact() != null) {
                var archive = new ArtifactSource(repositories).resolve(rccl.artifact(), rccl.target(), session());
                finished.takeArchive(archive, rccl.artifact(), rccl.target());
            } else if (file != null) {
                finished.takeFile(file, rccl.target());
            } else {
                changed = finished.take(build());
            }
            attach(finished.packed(), changed);
        });
    }

    private RcclBuild.Outcome build() throws StrixhaloException {
        var toolchain = rccl.toolchain();
        switch (toolchain.kind()) {
            case local -> {
                return build(new LocalToolchain(folder(), toolchain.rocm()));
            }
            case container -> {
                return build(new ContainerToolchain(imageToUse(), toolchain.rocm(), folder()));
            }
            default -> {
                var machines = cluster.toCluster();
                var node = toolchain.node();
                var chosen = node == null
                        ? machines.nodes().get(0)
                        : machines.nodes().stream()
                                .filter(each -> each.name().equals(node))
                                .findFirst()
                                .orElseThrow(() -> noSuchNode(node));
                // What is wrong in the pom is said before a node is asked anything.
                var compiler = imageToUse();
                try (var nodes = Nodes.connect(machines.only(chosen), remoteSettings())) {
                    return build(new NodeToolchain(nodes.head(), compiler, toolchain.rocm()));
                }
            }
        }
    }

    private RcclBuild.Outcome build(Toolchain toolchain) throws StrixhaloException {
        var here = workingFolder();
        var settings = new RcclBuild.Settings(
                folder(),
                records().resolve("rccl-build.log"),
                rccl.timeout(),
                rccl.jobs(),
                rccl.toolchain().wheels());
        return new RcclBuild(rccl.source(here), rccl.patches(here), toolchain, rccl.options(), settings, progress())
                .run();
    }

    private Path folder() {
        return surroundings().cache(cache).resolve("rccl");
    }

    private String imageToUse() throws StrixhaloException {
        var named = rccl.toolchain().image();
        if (named != null) return named;
        var from = image.from();
        if (from != null) return from;
        throw Problem.of("In which image RCCL is compiled is not said.")
                .fix("<rccl><toolchain><image>docker.io/kyuz0/vllm-therock-gfx1151:latest</image></toolchain></rccl>")
                .fix("by a ROCm of this machine: <toolchain><kind>local</kind></toolchain>")
                .asException();
    }

    private StrixhaloException noSuchNode(String node) {
        return Problem.of("<node> of <toolchain> is none of the cluster's.")
                .found("<node>" + node + "</node>")
                .fix("one of the names in <nodes>, or leave it out for the first")
                .asException();
    }

    private void attach(RcclPackage packed, boolean changed) throws StrixhaloException {
        var project = session().getCurrentProject();
        if (project == null || project.getFile() == null) return;
        var archive = Path.of(
                project.getBuild().getDirectory(),
                "%s-%s.tar.gz".formatted(project.getBuild().getFinalName(), rccl.target()));
        // Packing a full library takes seconds.
        if (changed || !Files.isRegularFile(archive)) packed.archive(archive);
        helper.attachArtifact(project, "tar.gz", rccl.target(), archive.toFile());
        progress().line("attached", workingFolder().relativize(archive).toString());
    }
}
