package io.elbo4j.train.model;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Makes a component of the settings of a model or an agent an option of the command line. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
    /** What it is, in lines for people; the default is added to the first of them. */
    String[] value();

    /** Of a boolean: what false and true are called. Without such words it is a flag, which takes no value. */
    String[] words() default {};
}
